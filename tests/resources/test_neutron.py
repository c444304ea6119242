"""Neutron's types against the sandbox."""

import asyncio

from hearth.kit import Phase
from hearth.resources.neutron import (
    FloatingIP,
    FloatingIPAssociation,
    Net,
    Port,
    Router,
    RouterInterface,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)
from tests.support.hand import Hand, Made


async def wired(hand: Hand) -> tuple[Made, Made, Made]:
    """A network with a subnet and a port."""
    net = await hand.create(Net(), {"name": "n"}, "net")
    subnet = await hand.create(Subnet(), {"network": net.ident, "cidr": "10.9.0.0/24"}, "subnet")
    port = await hand.create(Port(), {"network": net.ident, "name": "p"}, "port")
    return net, subnet, port


def test_a_network_a_subnet_and_a_port_come_and_go_and_leave_nothing():
    async def story() -> None:
        hand = Hand()
        before = hand.sandbox.objects()

        net, subnet, port = await wired(hand)
        fixed = port.attributes["fixed_ips"]
        network = await port.kind.live(port.ctx, port.ident, "network", ())
        subnets = await port.kind.live(port.ctx, port.ident, "subnets", ())
        for made in (port, subnet, net):
            await hand.delete(made)

        assert fixed[0]["subnet_id"] == subnet.ident
        assert network["id"] == net.ident
        assert [one["id"] for one in subnets] == [subnet.ident]
        assert subnet.attributes["cidr"] == "10.9.0.0/24"
        assert net.attributes["status"] == "ACTIVE"
        assert hand.sandbox.objects() == before

    asyncio.run(story())


def test_the_marker_stands_in_the_description_and_is_not_shown():
    async def story() -> None:
        hand = Hand()
        for made in await wired(hand):
            other = await hand.context(made.kind)

            assert await made.kind.find(made.ctx, made.props) == made.ident
            assert await made.kind.find(other, made.props) is None
            shown = await made.kind.live(made.ctx, made.ident, "show", ())
            assert shown["description"] == ""

    asyncio.run(story())


def test_networks_change_in_place_and_get_their_generated_name_back():
    async def story() -> None:
        hand = Hand()
        net = await hand.create(Net(), {"name": "n", "tags": ["a", "b"]})

        await hand.update(net, name=None, admin_state_up=False, tags=None)

        assert net.attributes["name"] == net.ctx.physical_name
        assert net.attributes["admin_state_up"] is False
        shown = await net.kind.live(net.ctx, net.ident, "show", ())
        assert shown["tags"] == []

    asyncio.run(story())


def test_a_subnet_changes_in_place_and_moves_for_another_range():
    async def story() -> None:
        hand = Hand()
        net = await hand.create(Net(), {})
        pool = {"start": "10.9.0.10", "end": "10.9.0.20"}
        values = {"network_id": net.ident, "cidr": "10.9.0.0/24", "allocation_pools": [pool]}
        subnet = await hand.create(Subnet(), values)

        await hand.update(subnet, dns_nameservers=["9.9.9.9"], gateway_ip="", enable_dhcp=False)

        assert subnet.attributes["dns_nameservers"] == ["9.9.9.9"]
        assert subnet.attributes["gateway_ip"] is None
        assert subnet.attributes["allocation_pools"] == [pool]
        assert await hand.replaces(subnet, cidr="10.8.0.0/24")
        wrong = Subnet.Properties.of({"network": net.ident, "ip_version": 4})
        assert list(subnet.kind.problems(wrong)) == ["Either cidr or subnetpool must be given."]

    asyncio.run(story())


def test_a_port_takes_addresses_and_groups_by_name_and_gives_them_back():
    async def story() -> None:
        hand = Hand()
        net, subnet, _ = await wired(hand)
        group = await hand.create(SecurityGroup(), {"name": "web"}, "group")
        values = {
            "network": net.ident,
            "fixed_ips": [{"subnet_id": subnet.ident, "ip_address": "10.9.0.77"}],
            "security_groups": ["web"],
            "binding:vnic_type": "normal",
        }
        port = await hand.create(Port(), values)
        first = dict(port.attributes)

        await hand.update(port, security_groups=None, device_owner="me", name="other")
        await port.kind.release(port.ctx, port.ident)

        assert first["fixed_ips"][0]["ip_address"] == "10.9.0.77"
        assert first["security_groups"] == [group.ident]
        assert port.attributes["security_groups"] != [group.ident]
        assert len(port.attributes["security_groups"]) == 1
        assert port.attributes["device_owner"] == "me"
        shown = await port.kind.live(port.ctx, port.ident, "show", ())
        assert shown["fixed_ips"] == []
        assert await hand.replaces(port, mac_address="fa:16:3e:00:00:01")

    asyncio.run(story())


def test_a_router_leads_outside_and_serves_a_subnet():
    async def story() -> None:
        hand = Hand()
        before = hand.sandbox.objects()
        net, subnet, port = await wired(hand)
        gateway = {"network": "public"}
        router = await hand.create(Router(), {"external_gateway_info": gateway}, "router")
        values = {"router": router.ident, "subnet": subnet.ident}
        interface = await hand.create(RouterInterface(), values, "interface")
        other = await hand.context(interface.kind)

        assert interface.ident == f"{router.ident}:subnet_id={subnet.ident}"
        assert await interface.kind.find(other, interface.props) == interface.ident
        assert router.attributes["external_gateway_info"]["network_id"]
        floating = await hand.create(
            FloatingIP(), {"floating_network": "public", "port_id": port.ident}, "floating"
        )
        address = floating.attributes["floating_ip_address"]
        await hand.update(floating, port_id=None)
        association = await hand.create(
            FloatingIPAssociation(), {"floatingip_id": floating.ident, "port_id": port.ident}
        )
        shown = (await floating.kind.observe(floating.ctx, floating.ident)).shown
        assert shown["port_id"] == port.ident
        assert floating.attributes["port_id"] is None
        assert address

        await hand.delete(association)
        gone = await association.kind.observe(association.ctx, association.ident)
        assert gone.phase is Phase.GONE
        for made in (floating, interface):
            await hand.delete(made)
        await hand.update(router, external_gateway_info=None)
        assert not router.attributes["external_gateway_info"]
        for made in (router, port, subnet, net):
            await hand.delete(made)
        assert hand.sandbox.objects() == before

    asyncio.run(story())


def rules_of(shown: dict[str, object]) -> set[tuple[object, ...]]:
    keys = ("direction", "ethertype", "protocol", "port_range_min", "remote_ip_prefix")
    rules = shown["security_group_rules"]
    assert isinstance(rules, list)
    return {tuple(rule[key] for key in keys) for rule in rules}


def test_the_rules_of_a_security_group_are_brought_in_line():
    async def story() -> None:
        hand = Hand()
        ssh = {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22}
        group = await hand.create(
            SecurityGroup(), {"rules": [ssh, {"remote_mode": "remote_group_id"}]}
        )
        first = rules_of((await group.kind.observe(group.ctx, group.ident)).shown)
        web = {"protocol": "tcp", "port_range_min": 80, "port_range_max": 80}
        out = {"direction": "egress", "remote_ip_prefix": "10.0.0.0/8"}

        await hand.update(group, rules=[web, out])
        second = rules_of((await group.kind.observe(group.ctx, group.ident)).shown)
        await group.kind.configure(group.ctx, group.ident, group.props)
        third = rules_of((await group.kind.observe(group.ctx, group.ident)).shown)
        await hand.update(group, rules=None)
        last = rules_of((await group.kind.observe(group.ctx, group.ident)).shown)

        default = {("egress", version, None, None, None) for version in ("IPv4", "IPv6")}
        assert default | {("ingress", "IPv4", "tcp", 22, None)} <= first
        assert len(first) == 4
        assert second == third
        assert second == {
            ("ingress", "IPv4", "tcp", 80, None),
            ("egress", "IPv4", None, None, "10.0.0.0/8"),
        }
        assert last == default
        await hand.delete(group)

    asyncio.run(story())


def test_a_rule_of_its_own_is_found_by_what_it_lets_through():
    async def story() -> None:
        hand = Hand()
        await hand.create(SecurityGroup(), {"name": "g"}, "group")
        values = {
            "security_group": "g",
            "protocol": "udp",
            "port_range_min": 53,
            "port_range_max": 53,
        }
        rule = await hand.create(SecurityGroupRule(), values, "rule")

        assert await rule.kind.find(await hand.context(rule.kind), rule.props) == rule.ident
        await hand.delete(rule)
        assert await rule.kind.find(rule.ctx, rule.props) is None

    asyncio.run(story())
