"""Where an enterprise without coordinates may be: from the surest to the vaguest."""

from dataclasses import replace

import pytest

from planner.addresses import proposals
from planner.districts import District
from planner.enterprises import Enterprise, Scenario
from planner.geo import LonLat
from planner.register import Register


def shop(enterprise_id, address, place=None):
    """A shop at an address."""
    at = None if place is None else LonLat(*place)
    return Enterprise(enterprise_id, "店", at, Scenario.RETAIL, operator=enterprise_id, address=address)


RING = tuple(LonLat(*p) for p in [(121.45, 31.21), (121.46, 31.21), (121.46, 31.22), (121.45, 31.22), (121.45, 31.21)])
KNOWN = (
    shop("K1", "南京路100号 1F", (121.451, 31.211)),
    shop("K2", "南京路100号 2F", (121.4511, 31.2111)),
    shop("K3", "南京路120号", (121.4512, 31.2112)),
    shop("K4", "南京路160号", (121.4514, 31.2114)),
    *(shop(f"M{k}", f"黄浦区 云庭广场 {k}F-0{k}", (121.455, 31.2150 + k * 1e-5)) for k in range(1, 4)),
    shop("B1", "1308 W BROADWAY", (121.46, 31.21)),
    shop("B2", "1310 W BROADWAY", (121.4601, 31.21)),
    shop("R1", "乱路1号", (121.40, 31.20)),
    shop("R2", "乱路3号", (121.49, 31.25)),
)
REGISTER = Register(KNOWN, districts=(District("D1", "北苑商圈", "North", ((RING,),)),))


@pytest.mark.parametrize(
    ("address", "place", "source"),
    [
        ("南京路100号 1F", (121.451, 31.211), "same address as 1 others"),
        ("南京路100号3楼", (121.45105, 31.21105), "same building: 南京路100号"),
        ("黄浦区 云庭广场 5F-08", (121.455, 31.21502), "云庭广场, as 3 others"),
        ("南京路118号", (121.4512, 31.2112), "near 120 南京路"),
        ("1312 W Broadway Ste 4", (121.4601, 31.21), "near 1310 w broadway"),
        ("1312 W Brodway", (121.4601, 31.21), "near 1310 w broadway"),
        ("北苑某处", None, "middle of the district 北苑商圈: look it up"),
    ],
)
def test_a_place_is_proposed(address, place, source):
    """With what it is inferred from."""
    register = replace(REGISTER, enterprises=(*KNOWN, shop("X", address)))
    (proposal,) = proposals(register)
    assert (proposal.enterprise.enterprise_id, proposal.source) == ("X", source)
    if place is not None:
        assert proposal.place == pytest.approx(place, abs=1e-6)


@pytest.mark.parametrize("address", ["", "无名路7号", "乱路2号", "南京路9000号"])
def test_nothing_is_made_up(address):
    """Numbers that do not run along their street say nothing, nor do numbers far away."""
    register = replace(REGISTER, enterprises=(*KNOWN, shop("X", address)))
    assert proposals(register) == ()


def test_known_places_are_left_alone():
    """Only those without coordinates are asked about."""
    assert proposals(REGISTER) == ()
