"""hearth.schema.checks."""

import pytest

from hearth.schema import generic

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ip_addr", "10.0.0.1"),
        ("ip_addr", "::1"),
        ("net_cidr", "10.0.0.5/24"),
        ("ip_or_cidr", "10.0.0.1"),
        ("ip_or_cidr", "fd00::/8"),
        ("mac_addr", "fa:16:3e:00:00:01"),
        ("dns_name", "a.example"),
        ("dns_domain", "example.org."),
        ("rel_dns_name", "host"),
        ("iso_8601", "2020-01-01T00:00:00Z"),
        ("json_string", "[1]"),
        ("cron_expression", "*/5 1-3,7 * jan mon"),
        ("cron_expression", "@daily"),
        ("cron_expression", "0 0 * * sun#1"),
        ("cron_expression", ""),
        ("expiration", "2999-01-01"),
        ("expiration", " 2999 "),
        ("expiration", "2027-01-15T10:00:00+01:59"),
        ("iso_8601", "2020-1-1"),
        ("iso_8601", "20200101 10:00:00.25-0200"),
        ("mac_addr", "fa16.3e00.0001"),
        ("mac_addr", "FA-16-3E-0-0-1"),
        ("timezone", ""),
        ("json_string", ""),
        ("dns_domain", ""),
    ],
)
def test_what_is_right_passes(name, value):
    assert generic(name, value, NOW) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ip_addr", "x"),
        ("ip_addr", ""),
        ("net_cidr", "10.0.0.0/33"),
        ("net_cidr", "10.0.0.1"),
        ("ip_or_cidr", "zz"),
        ("mac_addr", "fa:16"),
        ("dns_name", "a..b"),
        ("dns_name", "-x.org"),
        ("dns_domain", "example.org"),
        ("cron_expression", "*/0 * * * *"),
        ("cron_expression", "1#1 * * * *"),
        ("dns_name", "A.org"),
        ("dns_name", "a_b"),
        ("expiration", "2027-01-15T10:00:00+02:01"),
        ("ip_addr", "fe80::1%eth0"),
        ("iso_8601", "2020-13-01"),
        ("iso_8601", "2020-W01-1"),
        ("iso_8601", "PT10M"),
        ("mac_addr", "fa:16-3e:00:00:01"),
        ("net_cidr", "10.0.0.0/255.0.0.0"),
        ("rel_dns_name", "host.org."),
        ("json_string", "{"),
        ("cron_expression", "61 * * * *"),
        ("cron_expression", "x"),
        ("timezone", "Mars/Base"),
        ("expiration", "2001-01-01"),
        ("expiration", "soon"),
    ],
)
def test_what_is_wrong_is_named(name, value):
    wrong = generic(name, value, NOW)

    assert wrong is not None
    assert repr(value) in wrong
