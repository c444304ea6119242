"""The HTTP services: heat (REST), cfn (CloudFormation) and cloudwatch, and how tokens are checked.

Rule: parses no template and calls no cloud. Commands go over the bus; queries are answered from
the store. HTTP status codes are known here and nowhere else.
"""
