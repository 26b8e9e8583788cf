//! Addresses and networks, as Kubernetes and CEL's `network` library have them.
//!
//! <https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library>

use super::Kind::{Bool, Cidr, Int, Ip, Text};
use super::arguments::{Answer, Arguments, bool, integer, mismatch, opaque, take, text};
use super::{Row, takes};
use crate::cel::values::{self, Opaque, Outcome, fault};
use ::cel::common::value::CowVal;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "ip",
        member: false,
        signatures: &[takes(&[Text], Ip), takes(&[Ip], Ip)],
        doc: "an address, of version 4 or 6",
        example: r#"ip("2001:DB8::68") == ip("2001:db8::68")"#,
        implementation: to_ip,
    },
    Row {
        name: "isIP",
        member: false,
        signatures: &[takes(&[Text], Bool)],
        doc: "whether a text is an address",
        example: r#"isIP("127.0.0.1") && !isIP("localhost")"#,
        implementation: is_ip,
    },
    Row {
        name: "ip.isCanonical",
        member: false,
        signatures: &[takes(&[Text], Bool)],
        doc: "whether a text is an address as it is printed; an error if it is none",
        example: r#"!ip.isCanonical("2001:DB8::68")"#,
        implementation: is_canonical,
    },
    Row {
        name: "family",
        member: true,
        signatures: &[takes(&[Ip], Int)],
        doc: "the version of an address: 4 or 6",
        example: r#"ip("127.0.0.1").family() == 4"#,
        implementation: family,
    },
    Row {
        name: "isUnspecified",
        member: true,
        signatures: &[takes(&[Ip], Bool)],
        doc: "whether an address is all zeros: any address of the host",
        example: r#"ip("0.0.0.0").isUnspecified()"#,
        implementation: |args| told(args, |address| address.is_unspecified()),
    },
    Row {
        name: "isLoopback",
        member: true,
        signatures: &[takes(&[Ip], Bool)],
        doc: "whether an address is the host itself",
        example: r#"ip("127.0.0.1").isLoopback()"#,
        implementation: |args| told(args, |address| address.is_loopback()),
    },
    Row {
        name: "isLinkLocalMulticast",
        member: true,
        signatures: &[takes(&[Ip], Bool)],
        doc: "whether an address reaches several hosts of one link: 224.0.0.0/24 or ff02::/16",
        example: r#"ip("224.0.0.1").isLinkLocalMulticast()"#,
        implementation: |args| told(args, is_link_local_multicast),
    },
    Row {
        name: "isLinkLocalUnicast",
        member: true,
        signatures: &[takes(&[Ip], Bool)],
        doc: "whether an address is of one link only: 169.254.0.0/16 or fe80::/10",
        example: r#"ip("169.254.169.254").isLinkLocalUnicast()"#,
        implementation: |args| told(args, is_link_local_unicast),
    },
    Row {
        name: "isGlobalUnicast",
        member: true,
        signatures: &[takes(&[Ip], Bool)],
        doc: "whether an address is one host's beyond its link; private ones are",
        example: r#"ip("192.168.0.1").isGlobalUnicast()"#,
        implementation: |args| told(args, is_global_unicast),
    },
    Row {
        name: "cidr",
        member: false,
        signatures: &[takes(&[Text], Cidr), takes(&[Cidr], Cidr)],
        doc: "a network: an address and the length of its prefix",
        example: r#"cidr("10.0.0.0/8").containsIP("10.1.2.3")"#,
        implementation: to_cidr,
    },
    Row {
        name: "isCIDR",
        member: false,
        signatures: &[takes(&[Text], Bool)],
        doc: "whether a text is a network",
        example: r#"isCIDR("10.0.0.0/8") && !isCIDR("10.0.0.0")"#,
        implementation: is_cidr,
    },
    Row {
        name: "containsIP",
        member: true,
        signatures: &[takes(&[Cidr, Ip], Bool), takes(&[Cidr, Text], Bool)],
        doc: "whether an address is in a network",
        example: r#"cidr("192.168.0.0/24").containsIP(ip("192.168.0.1"))"#,
        implementation: contains_ip,
    },
    Row {
        name: "containsCIDR",
        member: true,
        signatures: &[takes(&[Cidr, Cidr], Bool), takes(&[Cidr, Text], Bool)],
        doc: "whether a network is part of another",
        example: r#"cidr("192.168.0.0/24").containsCIDR("192.168.0.0/25")"#,
        implementation: contains_cidr,
    },
    Row {
        name: "ip",
        member: true,
        signatures: &[takes(&[Cidr], Ip)],
        doc: "the address of a network, as written",
        example: r#"cidr("192.168.0.1/24").ip() == ip("192.168.0.1")"#,
        implementation: address,
    },
    Row {
        name: "masked",
        member: true,
        signatures: &[takes(&[Cidr], Cidr)],
        doc: "the network with nothing behind its prefix",
        example: r#"cidr("192.168.0.1/24").masked() == cidr("192.168.0.0/24")"#,
        implementation: masked,
    },
    Row {
        name: "prefixLength",
        member: true,
        signatures: &[takes(&[Cidr], Int)],
        doc: "the bits of a network's prefix",
        example: r#"cidr("192.168.0.0/24").prefixLength() == 24"#,
        implementation: prefix_length,
    },
];

/// Version 4 in the notation of version 6 is one address with two texts, which hides it from comparisons
/// of texts elsewhere; neither library takes it.
const MAPPED: &str = "an IPv4 address in the notation of IPv6 is not taken";

fn parse_ip(text: &str) -> Outcome<IpAddr> {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V6(_)) if text.contains('.') => Err(fault::wrong(MAPPED)),
        Ok(address) => Ok(address.to_canonical()),
        Err(_) if text.contains('%') => {
            Err(fault::wrong(format!("{text:?} is no address: zones are not taken")))
        }
        Err(_) => Err(fault::wrong(format!("{text:?} is no address"))),
    }
}

fn parse_cidr(text: &str) -> Outcome<IpNet> {
    match text.parse::<IpNet>() {
        Ok(IpNet::V6(_)) if text.contains('.') => Err(fault::wrong(MAPPED)),
        Ok(network) => Ok(network),
        Err(_) => Err(fault::wrong(format!("{text:?} is no network: one is written `10.0.0.0/8`"))),
    }
}

fn ip_of(value: &CowVal<'_, '_>) -> Outcome<IpAddr> {
    match value.downcast_ref::<Opaque>() {
        Some(Opaque::Ip(address)) => Ok(*address),
        _ => Err(mismatch("an address", value.as_ref())),
    }
}

fn cidr_of(value: &CowVal<'_, '_>) -> Outcome<IpNet> {
    match value.downcast_ref::<Opaque>() {
        Some(Opaque::Cidr(network)) => Ok(*network),
        _ => Err(mismatch("a network", value.as_ref())),
    }
}

fn to_ip<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    match values::text(value.as_ref()) {
        Some(text) => opaque(Opaque::Ip(parse_ip(text)?)),
        None => opaque(Opaque::Ip(ip_of(&value)?)),
    }
}

fn is_ip<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(parse_ip(text(&value)?).is_ok())
}

fn is_canonical<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    let text = text(&value)?;
    bool(parse_ip(text)?.to_string() == text)
}

fn family<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    integer(if ip_of(&value)?.is_ipv4() { 4 } else { 6 })
}

fn told<'b, 'v>(args: Arguments<'b, 'v>, what: fn(IpAddr) -> bool) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(what(ip_of(&value)?))
}

fn is_link_local_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(address) => address.segments().first().is_some_and(|first| first & 0xff0f == 0xff02),
    }
}

fn is_link_local_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

fn is_global_unicast(address: IpAddr) -> bool {
    address != IpAddr::V4(Ipv4Addr::BROADCAST)
        && !address.is_unspecified()
        && !address.is_loopback()
        && !address.is_multicast()
        && !is_link_local_unicast(address)
}

fn to_cidr<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    match values::text(value.as_ref()) {
        Some(text) => opaque(Opaque::Cidr(parse_cidr(text)?)),
        None => opaque(Opaque::Cidr(cidr_of(&value)?)),
    }
}

fn is_cidr<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [value] = take(args)?;
    bool(parse_cidr(text(&value)?).is_ok())
}

fn contains_ip<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [network, address] = take(args)?;
    let address = match values::text(address.as_ref()) {
        Some(text) => parse_ip(text)?,
        None => ip_of(&address)?,
    };
    bool(cidr_of(&network)?.contains(&address))
}

fn contains_cidr<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [network, part] = take(args)?;
    let part = match values::text(part.as_ref()) {
        Some(text) => parse_cidr(text)?,
        None => cidr_of(&part)?,
    };
    bool(cidr_of(&network)?.trunc().contains(&part.trunc()))
}

fn address<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [network] = take(args)?;
    opaque(Opaque::Ip(cidr_of(&network)?.addr()))
}

fn masked<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [network] = take(args)?;
    opaque(Opaque::Cidr(cidr_of(&network)?.trunc()))
}

fn prefix_length<'b, 'v>(args: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [network] = take(args)?;
    integer(cidr_of(&network)?.prefix_len().into())
}
