/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/**
 * Addresses, endpoints and prefixes as plain values. Unused bytes are zero, so that two equal
 * values are equal byte for byte and can be hashed and compared as such.
 */
typedef enum {
    WL_FAMILY_NONE = 0, /* "no address" */
    WL_FAMILY_V4 = 4,
    WL_FAMILY_V6 = 6,
} WlFamily;

typedef struct {
    guint8 family;    /* WlFamily */
    guint8 bytes[16]; /* network order; IPv4 uses the first four */
} WlIp;

typedef struct {
    WlIp ip; /* family WL_FAMILY_NONE: no endpoint */
    guint16 port;
} WlEndpoint;

typedef struct {
    WlIp ip; /* host bits are kept as given; compare masked values where they must not count */
    guint8 length;
} WlPrefix;

/** Text of the longest value with NUL: "[ffff:…:255.255.255.255]:65535", "…/128". */
#define WL_ADDRESS_TEXT_SIZE 64

/* Read and compared for each fact that comes in: these are inline, and of sizes that the compiler
 * knows. */
static inline void
wl_ip_from_bytes(WlIp *ip, WlFamily family, const guint8 *bytes)
{
    *ip = (WlIp){.family = family};
    if (family == WL_FAMILY_V4)
        memcpy(ip->bytes, bytes, 4);
    else
        memcpy(ip->bytes, bytes, 16);
}

static inline gboolean
wl_ip_equal(const WlIp *a, const WlIp *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/** 4 or 16. */
static inline gsize
wl_ip_size(const WlIp *ip)
{
    return ip->family == WL_FAMILY_V4 ? 4 : 16;
}

gboolean wl_ip_parse(const char *text, WlIp *ip);
char *wl_ip_to_string(const WlIp *ip);
gboolean wl_ip_is_v4_mapped(const WlIp *ip);
/** The IPv4 address inside an IPv4-mapped one, any other as it is (docs/protocol.md 1.3). */
WlIp wl_ip_normalized(const WlIp *ip);
/** Go's IsGlobalUnicast (docs/protocol.md 5.2): private ranges count, link-local ones do not. */
gboolean wl_ip_is_global_unicast(const WlIp *ip);
gboolean wl_ip_is_link_local(const WlIp *ip);

/** A literal "192.0.2.1:51820" or "[2001:db8::1]:51820"; FALSE for names. */
gboolean wl_endpoint_parse(const char *text, WlEndpoint *endpoint);
char *wl_endpoint_to_string(const WlEndpoint *endpoint);
gboolean wl_endpoint_equal(const WlEndpoint *a, const WlEndpoint *b);
gboolean wl_endpoint_is_set(const WlEndpoint *endpoint);
guint wl_endpoint_hash(gconstpointer endpoint);
gboolean wl_endpoint_equal_func(gconstpointer a, gconstpointer b);

/** "10.0.0.0/24"; an address alone is a full-length prefix. */
gboolean wl_prefix_parse(const char *text, WlPrefix *prefix);
char *wl_prefix_to_string(const WlPrefix *prefix);
gboolean wl_prefix_equal(const WlPrefix *a, const WlPrefix *b);
int wl_prefix_compare(gconstpointer a, gconstpointer b);
/** 32 or 128. */
guint8 wl_prefix_max_length(const WlPrefix *prefix);
/** With its host bits cleared. */
WlPrefix wl_prefix_masked(const WlPrefix *prefix);
WlPrefix wl_prefix_from_ip(const WlIp *ip);
gboolean wl_prefix_contains_ip(const WlPrefix *prefix, const WlIp *ip);
/** TRUE if @inner is equal to or inside @outer. */
gboolean wl_prefix_contains(const WlPrefix *outer, const WlPrefix *inner);
gboolean wl_prefix_overlaps(const WlPrefix *a, const WlPrefix *b);
/** Global unicast and shorter than full: what makes a peer a router (docs/protocol.md 6.5). */
gboolean wl_prefix_is_routed_net(const WlPrefix *prefix);
