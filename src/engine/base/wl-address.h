/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/**
 * Addresses, endpoints and prefixes as plain values. Unused bytes are zero, so equal values are
 * equal byte for byte and can be hashed and compared as memory.
 */
typedef enum {
    WL_FAMILY_NONE = 0, /* no address */
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
    WlIp ip; /* host bits are kept; mask both values to compare networks */
    guint8 length;
} WlPrefix;

/** Size of the longest text with NUL: "[ffff:…:255.255.255.255]:65535", "…/128". */
#define WL_ADDRESS_TEXT_SIZE 64

/* Used for every received fact: inline, and with sizes that the compiler knows. */
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

/** 4 or 16 bytes. */
static inline gsize
wl_ip_size(const WlIp *ip)
{
    return ip->family == WL_FAMILY_V4 ? 4 : 16;
}

/** FALSE, with *ip unchanged, if @text is NULL or no address. */
gboolean wl_ip_parse(const char *text, WlIp *ip);
/** RFC 5952; "none" without an address. Free with g_free(), as the other texts. */
char *wl_ip_to_string(const WlIp *ip);
gboolean wl_ip_is_v4_mapped(const WlIp *ip);
/** Converts an IPv4-mapped address to IPv4 and returns others unchanged (docs/protocol.md 1.3). */
WlIp wl_ip_normalized(const WlIp *ip);
/** Global unicast as in docs/protocol.md 5.2: private ranges are, link-local addresses are not. */
gboolean wl_ip_is_global_unicast(const WlIp *ip);
gboolean wl_ip_is_link_local(const WlIp *ip);
/** TRUE for RFC 1918, RFC 6598 and ULA addresses. */
gboolean wl_ip_is_private(const WlIp *ip);

/** "192.0.2.1:51820" or "[2001:db8::1]:51820"; FALSE for host names. */
gboolean wl_endpoint_parse(const char *text, WlEndpoint *endpoint);
char *wl_endpoint_to_string(const WlEndpoint *endpoint);
gboolean wl_endpoint_equal(const WlEndpoint *a, const WlEndpoint *b);
gboolean wl_endpoint_is_set(const WlEndpoint *endpoint);
guint wl_endpoint_hash(gconstpointer endpoint);
gboolean wl_endpoint_equal_func(gconstpointer a, gconstpointer b);

/** "10.0.0.0/24"; an address without length is a full-length prefix. */
gboolean wl_prefix_parse(const char *text, WlPrefix *prefix);
char *wl_prefix_to_string(const WlPrefix *prefix);
gboolean wl_prefix_equal(const WlPrefix *a, const WlPrefix *b);
/** Orders by family, address and length. */
int wl_prefix_compare(gconstpointer a, gconstpointer b);
/** 32 or 128. */
guint8 wl_prefix_max_length(const WlPrefix *prefix);
/** Clears the host bits. */
WlPrefix wl_prefix_masked(const WlPrefix *prefix);
/** A full-length prefix. */
WlPrefix wl_prefix_from_ip(const WlIp *ip);
gboolean wl_prefix_contains_ip(const WlPrefix *prefix, const WlIp *ip);
/** TRUE if @inner equals @outer or lies within it. */
gboolean wl_prefix_contains(const WlPrefix *outer, const WlPrefix *inner);
gboolean wl_prefix_overlaps(const WlPrefix *a, const WlPrefix *b);
/** TRUE for a global unicast prefix that is not a single host: having one makes a peer a router
 * (docs/protocol.md 6.5). */
gboolean wl_prefix_is_routed_net(const WlPrefix *prefix);
