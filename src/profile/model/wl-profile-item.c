/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-item.h"

#include <arpa/inet.h>
#include <string.h>

#include "wl-profile-error.h"
#include "wl-profile-text.h"

static char *
address_to_string(int family, const guint8 *bytes)
{
    char buffer[INET6_ADDRSTRLEN];

    return g_strdup(inet_ntop(family, bytes, buffer, sizeof(buffer)));
}

/* An address with or without prefix length; without, the length is that of the address. */
static char *
parse_prefix(const char *item, gboolean own_address, GError **error)
{
    g_autofree char *quoted = wl_profile_value_quote(item);
    g_autofree char *address = NULL;
    const char *slash = strchr(item, '/');
    guint8 bytes[16] = {0};
    int family;
    guint bits;
    guint64 length;

    address = slash ? g_strndup(item, (gsize) (slash - item)) : g_strdup(item);
    family = strchr(address, ':') ? AF_INET6 : AF_INET;
    bits = family == AF_INET6 ? 128 : 32;
    length = bits;
    if (inet_pton(family, address, bytes) != 1) {
        wl_profile_fail_value(error, "%s is not an IP address; write one like %s", quoted,
                              own_address ? "10.77.0.2/24 or fd77::2/64"
                                          : "10.77.0.0/24 or fd77::/64");
        return NULL;
    }
    if (slash && !wl_profile_value_parse_number(slash + 1, bits, &length)) {
        wl_profile_fail_value(error, "%s has no valid prefix length; use a number from 0 to %u",
                              quoted, bits);
        return NULL;
    }
    if (family == AF_INET6) {
        static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};

        if (length >= 96 && !memcmp(bytes, mapped, sizeof(mapped))) {
            wl_profile_fail_value(error, "%s is an IPv4 address in IPv6 form; write it as IPv4",
                                  quoted);
            return NULL;
        }
        /* fe80::/10: derived from the keys and assigned to the link automatically. */
        if (length >= 10 && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) {
            wl_profile_fail_value(
                error,
                "%s is link-local; remove it, as link-local addresses are derived from the keys",
                quoted);
            return NULL;
        }
    }
    if (own_address) {
        static const guint8 zeros[16];
        gboolean loopback =
            family == AF_INET ? bytes[0] == 127 : !memcmp(bytes, zeros, 15) && bytes[15] == 1;
        gboolean multicast = family == AF_INET ? bytes[0] >= 224 : bytes[0] == 0xff;

        if (length == 0) {
            wl_profile_fail_value(
                error,
                "%s has the prefix length 0; write the prefix length of the network, like 10.77.0.2/24 or fd77::2/64",
                quoted);
            return NULL;
        }
        if (loopback || multicast || !memcmp(bytes, zeros, bits / 8)) {
            wl_profile_fail_value(
                error, "%s cannot be the address of a host; write one like 10.77.0.2/24", quoted);
            return NULL;
        }
    } else {
        for (guint bit = (guint) length; bit < bits; bit++)
            bytes[bit / 8] &= (guint8) ~(0x80 >> (bit % 8));
    }
    g_free(address);
    address = address_to_string(family, bytes);
    return g_strdup_printf("%s/%u", address, (guint) length);
}

static gboolean
is_host_name(const char *host)
{
    g_autofree char *ascii = g_hostname_to_ascii(host);
    gsize length = ascii ? strlen(ascii) : 0;
    gsize label = 0;
    gboolean letter = FALSE;

    if (length > 0 && ascii[length - 1] == '.')
        length--;
    if (length == 0 || length > 253)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        char c = ascii[i];

        if (c == '.') {
            if (label == 0)
                return FALSE;
            label = 0;
            /* Only a last label of digits makes a name look like an IPv4 address. */
            letter = FALSE;
            continue;
        }
        if (!g_ascii_isalnum(c) && c != '_' && !(c == '-' && label > 0))
            return FALSE;
        letter |= !g_ascii_isdigit(c);
        if (++label > 63)
            return FALSE;
    }
    return label > 0 && letter;
}

static char *
parse_endpoint(const char *item, GError **error)
{
    g_autofree char *quoted = wl_profile_value_quote(item);
    g_autofree char *host = NULL;
    const char *colon = strrchr(item, ':');
    guint8 bytes[16];
    guint64 port;
    char *end;

    if (item[0] != '[' && colon && strchr(item, ':') != colon) {
        wl_profile_fail_value(
            error, "%s has no brackets around the IPv6 address; write it like [2001:db8::1]:51820",
            quoted);
        return NULL;
    }
    if (!colon || (item[0] == '[' && colon[-1] != ']')) {
        wl_profile_fail_value(
            error,
            "%s has no port; write it like hub.example.net:51820, 192.0.2.1:51820 or [2001:db8::1]:51820",
            quoted);
        return NULL;
    }
    if (!wl_profile_value_parse_number(colon + 1, 65535, &port) || port == 0) {
        wl_profile_fail_value(error, "%s has no valid port; use a number from 1 to 65535", quoted);
        return NULL;
    }
    if (item[0] == '[') {
        host = g_strndup(item + 1, (gsize) (colon - item) - 2);
        if (inet_pton(AF_INET6, host, bytes) != 1) {
            wl_profile_fail_value(
                error, "%s has no IPv6 address in brackets; write it like [2001:db8::1]:51820",
                quoted);
            return NULL;
        }
        end = address_to_string(AF_INET6, bytes);
        g_free(host);
        host = g_strdup_printf("[%s]", end);
        g_free(end);
        if (bytes[0] == 0xff || !strcmp(host, "[::]")) {
            wl_profile_fail_value(error, "%s is not the address of a single host", quoted);
            return NULL;
        }
    } else {
        host = g_strndup(item, (gsize) (colon - item));
        if (inet_pton(AF_INET, host, bytes) == 1) {
            if (bytes[0] >= 224 || bytes[0] == 0) {
                wl_profile_fail_value(error, "%s is not the address of a single host", quoted);
                return NULL;
            }
        } else if (!is_host_name(host)) {
            wl_profile_fail_value(
                error,
                "%s has no host name or IP address before the port; write it like hub.example.net:51820 or 192.0.2.1:51820",
                quoted);
            return NULL;
        }
    }
    return g_strdup_printf("%s:%u", host, (guint) port);
}

/* The grammar of docs/protocol.md 8.2, so that a Go daemon accepts the pattern, too. */
static gboolean
is_pattern(const char *p)
{
    for (; *p; p++) {
        if (g_ascii_iscntrl(*p))
            return FALSE;
        if (*p == '\\') {
            if (!*++p)
                return FALSE;
            continue;
        }
        if (*p != '[')
            continue;
        p += p[1] == '^' ? 2 : 1;
        if (*p == ']')
            return FALSE;
        for (; *p != ']'; p++) {
            if (!*p || (*p == '\\' && !*++p))
                return FALSE;
        }
    }
    return TRUE;
}

static char *
parse_pattern(const char *item, GError **error)
{
    g_autofree char *quoted = wl_profile_value_quote(item);

    if (strlen(item) > 64) {
        wl_profile_fail_value(error, "%s is longer than 64 bytes; interface names have at most 15",
                              quoted);
        return NULL;
    }
    if (!g_utf8_validate(item, -1, NULL) || strchr(item, '#') || !is_pattern(item)) {
        wl_profile_fail_value(
            error,
            "%s is not a valid pattern; write interface names with *, ? and ranges like [a-z]",
            quoted);
        return NULL;
    }
    return g_strdup(item);
}

static char *
parse_dns(const char *item, GError **error)
{
    g_autofree char *quoted = wl_profile_value_quote(item);
    int family = strchr(item, ':') ? AF_INET6 : AF_INET;
    const char *domain = item[0] == '~' ? item + 1 : item;
    guint8 bytes[16];

    if (inet_pton(family, item, bytes) == 1)
        return address_to_string(family, bytes);
    if (family == AF_INET6 || (*domain && !is_host_name(domain))) {
        wl_profile_fail_value(
            error, "%s is neither the IP address of a DNS server nor a search domain", quoted);
        return NULL;
    }
    return g_strdup(item);
}

char *
wl_profile_item_parse(const WlProfileKey *key, const char *item, GError **error)
{
    switch (key->type) {
    case WL_KEY_TYPE_ADDRESSES:
        return parse_prefix(item, TRUE, error);
    case WL_KEY_TYPE_PREFIXES:
        return parse_prefix(item, FALSE, error);
    case WL_KEY_TYPE_ENDPOINTS:
        return parse_endpoint(item, error);
    case WL_KEY_TYPE_PATTERNS:
        return parse_pattern(item, error);
    case WL_KEY_TYPE_DNS:
        return parse_dns(item, error);
    default:
        g_assert_not_reached();
    }
}
