/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses, endpoints and prefixes: text, classes and containment. Pure functions; returned text
 * belongs to the caller. Parsers leave their result unchanged on failure.
 */
#include "wl-address.h"

#include <arpa/inet.h>
#include <string.h>

#include "wl-hash.h"

static const guint8 v4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* ---- addresses ----------------------------------------------------------------------------- */

gboolean
wl_ip_parse(const char *text, WlIp *ip)
{
    guint8 bytes[16];

    if (!text)
        return FALSE;
    if (inet_pton(AF_INET, text, bytes) == 1)
        wl_ip_from_bytes(ip, WL_FAMILY_V4, bytes);
    else if (inet_pton(AF_INET6, text, bytes) == 1)
        wl_ip_from_bytes(ip, WL_FAMILY_V6, bytes);
    else
        return FALSE;
    return TRUE;
}

/* RFC 5952. inet_ntop() would write ::102:304 as ::1.2.3.4, unlike the Go daemon. */
static void
append_v6(GString *text, const guint8 *bytes)
{
    guint16 words[8];
    int best = -1, best_length = 1;

    for (int i = 0; i < 8; i++)
        words[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
    for (int i = 0; i < 8; i++) {
        int end = i;

        while (end < 8 && words[end] == 0)
            end++;
        if (end - i > best_length) {
            best = i;
            best_length = end - i;
        }
    }
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            g_string_append(text, "::");
            i += best_length - 1;
            continue;
        }
        if (i > 0 && text->str[text->len - 1] != ':')
            g_string_append_c(text, ':');
        g_string_append_printf(text, "%x", words[i]);
    }
}

static void
append_v4(GString *text, const guint8 *bytes)
{
    g_string_append_printf(text, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

static void
append_ip(GString *text, const WlIp *ip)
{
    if (ip->family == WL_FAMILY_V4) {
        append_v4(text, ip->bytes);
    } else if (wl_ip_is_v4_mapped(ip)) {
        g_string_append(text, "::ffff:");
        append_v4(text, ip->bytes + 12);
    } else if (ip->family == WL_FAMILY_V6) {
        append_v6(text, ip->bytes);
    } else {
        g_string_append(text, "none");
    }
}

char *
wl_ip_to_string(const WlIp *ip)
{
    GString *text = g_string_sized_new(WL_ADDRESS_TEXT_SIZE);

    append_ip(text, ip);
    return g_string_free(text, FALSE);
}

gboolean
wl_ip_is_v4_mapped(const WlIp *ip)
{
    return ip->family == WL_FAMILY_V6 && memcmp(ip->bytes, v4_mapped, sizeof(v4_mapped)) == 0;
}

WlIp
wl_ip_normalized(const WlIp *ip)
{
    WlIp v4;

    if (!wl_ip_is_v4_mapped(ip))
        return *ip;
    wl_ip_from_bytes(&v4, WL_FAMILY_V4, ip->bytes + sizeof(v4_mapped));
    return v4;
}

gboolean
wl_ip_is_global_unicast(const WlIp *ip)
{
    static const guint8 broadcast[4] = {255, 255, 255, 255};
    static const WlIp unspecified_v4 = {.family = WL_FAMILY_V4};
    static const WlIp unspecified_v6 = {.family = WL_FAMILY_V6};
    static const WlIp loopback_v6 = {.family = WL_FAMILY_V6, .bytes = {[15] = 1}};
    WlIp address = wl_ip_normalized(ip);

    if (wl_ip_is_link_local(&address))
        return FALSE;
    switch (address.family) {
    case WL_FAMILY_V4:
        return !wl_ip_equal(&address, &unspecified_v4) && address.bytes[0] != 127 &&
               (address.bytes[0] & 0xf0) != 0xe0 && memcmp(address.bytes, broadcast, 4) != 0;
    case WL_FAMILY_V6:
        return !wl_ip_equal(&address, &unspecified_v6) && !wl_ip_equal(&address, &loopback_v6) &&
               address.bytes[0] != 0xff;
    default:
        return FALSE;
    }
}

gboolean
wl_ip_is_private(const WlIp *ip)
{
    const guint8 *b = ip->bytes;

    if (ip->family == WL_FAMILY_V6)
        return (b[0] & 0xfe) == 0xfc;
    return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
           (b[0] == 100 && (b[1] & 0xc0) == 64);
}

gboolean
wl_ip_is_link_local(const WlIp *ip)
{
    WlIp address = wl_ip_normalized(ip);

    if (address.family == WL_FAMILY_V4)
        return address.bytes[0] == 169 && address.bytes[1] == 254;
    return address.family == WL_FAMILY_V6 && address.bytes[0] == 0xfe &&
           (address.bytes[1] & 0xc0) == 0x80;
}

/* Decimal digits without a leading zero; strtoul() accepts more. */
static gboolean
parse_number(const char *text, guint max, guint *number)
{
    guint value = 0;

    if (!g_ascii_isdigit(text[0]) || (text[0] == '0' && text[1]))
        return FALSE;
    for (; *text; text++) {
        if (!g_ascii_isdigit(*text))
            return FALSE;
        value = value * 10 + (guint) g_ascii_digit_value(*text);
        if (value > max)
            return FALSE;
    }
    *number = value;
    return TRUE;
}

/* Parses the part of @text before @end. */
static gboolean
parse_ip_part(const char *text, const char *end, WlIp *ip)
{
    char part[WL_ADDRESS_TEXT_SIZE];
    gsize length = (gsize) (end - text);

    if (length >= sizeof(part))
        return FALSE;
    memcpy(part, text, length);
    part[length] = '\0';
    return wl_ip_parse(part, ip);
}

/* ---- endpoints ----------------------------------------------------------------------------- */

gboolean
wl_endpoint_parse(const char *text, WlEndpoint *endpoint)
{
    gboolean bracketed = text && text[0] == '[';
    const char *colon = text ? strrchr(text, ':') : NULL;
    WlEndpoint result = {0};
    const char *start, *end;
    guint port;

    if (!colon || (bracketed && colon[-1] != ']'))
        return FALSE;
    start = bracketed ? text + 1 : text;
    end = bracketed ? colon - 1 : colon;
    if (end < start || !parse_number(colon + 1, G_MAXUINT16, &port) ||
        !parse_ip_part(start, end, &result.ip) ||
        result.ip.family != (bracketed ? WL_FAMILY_V6 : WL_FAMILY_V4))
        return FALSE;
    result.port = port;
    *endpoint = result;
    return TRUE;
}

char *
wl_endpoint_to_string(const WlEndpoint *endpoint)
{
    GString *text = g_string_sized_new(WL_ADDRESS_TEXT_SIZE);
    gboolean bracketed = endpoint->ip.family == WL_FAMILY_V6;

    if (bracketed)
        g_string_append_c(text, '[');
    append_ip(text, &endpoint->ip);
    if (bracketed)
        g_string_append_c(text, ']');
    if (wl_endpoint_is_set(endpoint))
        g_string_append_printf(text, ":%u", endpoint->port);
    return g_string_free(text, FALSE);
}

gboolean
wl_endpoint_equal(const WlEndpoint *a, const WlEndpoint *b)
{
    return wl_ip_equal(&a->ip, &b->ip) && a->port == b->port;
}

gboolean
wl_endpoint_is_set(const WlEndpoint *endpoint)
{
    return endpoint->ip.family != WL_FAMILY_NONE;
}

guint
wl_endpoint_hash(gconstpointer endpoint)
{
    const WlEndpoint *self = endpoint;
    guint8 bytes[sizeof(self->ip.bytes) + 3];

    memcpy(bytes, self->ip.bytes, sizeof(self->ip.bytes));
    bytes[sizeof(self->ip.bytes)] = (guint8) self->ip.family;
    bytes[sizeof(self->ip.bytes) + 1] = (guint8) (self->port >> 8);
    bytes[sizeof(self->ip.bytes) + 2] = (guint8) self->port;
    return wl_hash(bytes, sizeof(bytes));
}

gboolean
wl_endpoint_equal_func(gconstpointer a, gconstpointer b)
{
    return wl_endpoint_equal(a, b);
}

/* ---- prefixes ------------------------------------------------------------------------------ */

gboolean
wl_prefix_parse(const char *text, WlPrefix *prefix)
{
    const char *slash = text ? strchr(text, '/') : NULL;
    WlPrefix result = {0};
    guint length;

    if (!slash) {
        if (!wl_ip_parse(text, &result.ip))
            return FALSE;
        *prefix = wl_prefix_from_ip(&result.ip);
        return TRUE;
    }
    if (!parse_ip_part(text, slash, &result.ip) ||
        !parse_number(slash + 1, wl_prefix_max_length(&result), &length))
        return FALSE;
    result.length = length;
    *prefix = result;
    return TRUE;
}

char *
wl_prefix_to_string(const WlPrefix *prefix)
{
    GString *text = g_string_sized_new(WL_ADDRESS_TEXT_SIZE);

    append_ip(text, &prefix->ip);
    g_string_append_printf(text, "/%u", prefix->length);
    return g_string_free(text, FALSE);
}

gboolean
wl_prefix_equal(const WlPrefix *a, const WlPrefix *b)
{
    return wl_ip_equal(&a->ip, &b->ip) && a->length == b->length;
}

int
wl_prefix_compare(gconstpointer a, gconstpointer b)
{
    const WlPrefix *left = a, *right = b;
    int order = left->ip.family - right->ip.family;

    if (order == 0)
        order = memcmp(left->ip.bytes, right->ip.bytes, sizeof(left->ip.bytes));
    return order != 0 ? order : left->length - right->length;
}

guint8
wl_prefix_max_length(const WlPrefix *prefix)
{
    return prefix->ip.family == WL_FAMILY_V4 ? 32 : 128;
}

WlPrefix
wl_prefix_masked(const WlPrefix *prefix)
{
    WlPrefix masked = *prefix;
    guint full = prefix->length / 8;
    guint rest = prefix->length % 8;

    for (guint i = full; i < sizeof(masked.ip.bytes); i++)
        masked.ip.bytes[i] &= i == full && rest ? (guint8) (0xff << (8 - rest)) : 0;
    return masked;
}

WlPrefix
wl_prefix_from_ip(const WlIp *ip)
{
    WlPrefix prefix = {.ip = *ip};

    prefix.length = wl_prefix_max_length(&prefix);
    return prefix;
}

gboolean
wl_prefix_contains_ip(const WlPrefix *prefix, const WlIp *ip)
{
    WlPrefix host = wl_prefix_from_ip(ip);

    return wl_prefix_contains(prefix, &host);
}

gboolean
wl_prefix_contains(const WlPrefix *outer, const WlPrefix *inner)
{
    WlPrefix wide, narrow;

    if (outer->ip.family != inner->ip.family || outer->ip.family == WL_FAMILY_NONE ||
        outer->length > inner->length)
        return FALSE;
    wide = wl_prefix_masked(outer);
    narrow = (WlPrefix){.ip = inner->ip, .length = outer->length};
    narrow = wl_prefix_masked(&narrow);
    return wl_ip_equal(&wide.ip, &narrow.ip);
}

gboolean
wl_prefix_overlaps(const WlPrefix *a, const WlPrefix *b)
{
    return wl_prefix_contains(a, b) || wl_prefix_contains(b, a);
}

gboolean
wl_prefix_is_routed_net(const WlPrefix *prefix)
{
    /* IPv4-mapped prefixes do not count, as in the Go daemon. */
    return prefix->length < wl_prefix_max_length(prefix) && !wl_ip_is_v4_mapped(&prefix->ip) &&
           wl_ip_is_global_unicast(&prefix->ip);
}
