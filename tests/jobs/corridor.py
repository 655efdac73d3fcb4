"""A small corridor with two ways over the sea, for tests of many plans, of differences and of failures."""

from __future__ import annotations

from midcorridor.network import Network

from ..plan.small import network, terminals

HEAD = "shipment_id,origin,destination,commodity,container_type,quantity,unit,ready_at,deadline_at"


def corridor(**more: str) -> Network:
    """kz-w to az-e: by rail to one of two ports, over the sea to one more, and by rail; all on a line.

    The fast port lies on the way, the slow one has a ship a week instead of one a day; nothing else
    joins the two sides.
    """
    return network(
        terminals=terminals(
            [
                ("kz-w", "KZ", "rail_terminal", 43.0, 55.0),
                ("kz-fast", "KZ", "seaport;rail_terminal", 43.0, 51.0),
                ("kz-slow", "KZ", "seaport;rail_terminal", 43.5, 51.0),
                ("az-port", "AZ", "seaport;rail_terminal", 40.0, 50.0),
                ("az-e", "AZ", "rail_terminal", 40.0, 47.0),
                ("kz-aside", "KZ", "rail_terminal", 44.0, 56.0),
            ]
        ),
        links=(
            "link_id,from_terminal,to_terminal,mode,gauge_mm,km,running_p50_h,running_p90_h,passages\n"
            "w-fast,kz-w,kz-fast,rail,1520,400,10,10,\nw-slow,kz-w,kz-slow,rail,1520,400,10,10,\n"
            "w-aside,kz-w,kz-aside,rail,1520,100,3,3,\n"
            "sea-fast,kz-fast,az-port,sea,,400,20,20,caspian\n"
            "sea-slow,kz-slow,az-port,sea,,400,20,20,caspian\n"
            "port-e,az-port,az-e,rail,1520,300,8,8,"
        ),
        services=("service_id,name,departures_per_week\nship-fast,Fast ship,7\nship-slow,Slow ship,1"),
        service_calls=(
            "service_id,seq,terminal_id,link_ids\nship-fast,1,kz-fast,\nship-fast,2,az-port,sea-fast\n"
            "ship-slow,1,kz-slow,\nship-slow,2,az-port,sea-slow"
        ),
        **more,
    )
