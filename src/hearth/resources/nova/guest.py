"""What is put into a server beside the user's script, for the in-guest tools to work.

The names of parts and files are an interface: images and heat-cfntools know them.
"""

CLOUD_CONFIG = """\
#cloud-config
user: {user}
cloud_config_modules:
 - locale
 - set-passwords
 - timezone
 - runcmd
 - write-files
"""

BOOTHOOK = """\
#!/bin/bash
# Makes the folders that the metadata tools read, and lets the login user use sudo in scripts.
set -u
install -d -m 0755 /var/lib/heat-cfntools /var/lib/cloud/data
if [ -f /etc/sudoers ]; then
    sed -i 's/^Defaults[[:space:]]*requiretty/#&/' /etc/sudoers
fi
if [ -e /var/lib/cloud/data/cfn-boto-cfg ]; then
    install -m 0600 -o {user} /var/lib/cloud/data/cfn-boto-cfg /etc/boto.cfg
fi
exit 0
"""

PART_HANDLER = '''\
# part-handler
"""Keeps each part for the tools as a file below /var/lib/cloud/data."""

import os

KEPT = "/var/lib/cloud/data"
HINT = "/var/lib/heat-cfntools"


def list_types():
    return ["text/x-cfninitdata"]


def write(folder, name, payload):
    os.makedirs(folder, mode=0o700, exist_ok=True)
    mode = "wb" if isinstance(payload, bytes) else "w"
    with open(os.path.join(folder, name), mode) as kept:
        kept.write(payload)


def handle_part(data, ctype, filename, payload):
    if ctype in ("__begin__", "__end__"):
        return
    write(KEPT, filename, payload)
    if filename.startswith("cfn-"):
        write(HINT, filename, payload)
'''

LOG_USER_DATA = '''\
#!/usr/bin/env python3
"""Runs the user's script once, with its output in a log, and records when it ended."""

import datetime
import os
import subprocess
import sys

FOLDER = "/var/lib/cloud/data"
SCRIPT = os.path.join(FOLDER, "cfn-userdata")
DONE = "/var/lib/heat-cfntools/provision-finished"
LOG = "/var/log/heat-provision.log"


def main():
    if not os.path.exists(SCRIPT) or os.path.exists(DONE):
        return 0
    os.chmod(SCRIPT, 0o700)
    with open(LOG, "ab") as log:
        code = subprocess.call([SCRIPT], stdout=log, stderr=subprocess.STDOUT)
        log.write(("ended with code %d\\n" % code).encode())
    with open(DONE, "w") as done:
        done.write(datetime.datetime.now().isoformat())
    return code


if __name__ == "__main__":
    sys.exit(main())
'''

BOTO = """\
[Boto]
debug = 0
is_secure = {secure}
https_validate_certificates = {verify}
cfn_region_name = heat
cfn_region_endpoint = {host}
"""
