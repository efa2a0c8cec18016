/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reply to `get=1` of userspace WireGuard. Pure functions over untrusted text: an unknown key
 * is ignored, an invalid value is an error of WL_LINK_ERROR. Private keys are wiped.
 */
#include "wl-uapi-parse.h"

#include <string.h>

#include "wl-handshake-age.h"
#include "wl-link-error.h"

static gboolean
parse_key(const char *hex, WlKey *key)
{
    if (strlen(hex) != 2 * WL_KEY_SIZE)
        return FALSE;
    for (guint i = 0; i < WL_KEY_SIZE; i++) {
        int high = g_ascii_xdigit_value(hex[2 * i]);
        int low = g_ascii_xdigit_value(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return FALSE;
        key->bytes[i] = (guint8) (high << 4 | low);
    }
    return TRUE;
}

/* Drops the zone of an IPv6 endpoint such as "[fe80::1%eth0]:51820". */
static gboolean
parse_endpoint(const char *value, WlEndpoint *endpoint)
{
    const char *zone = strchr(value, '%');
    const char *end = zone ? strchr(zone, ']') : NULL;
    g_autofree char *without = NULL;

    if (!end)
        return wl_endpoint_parse(value, endpoint);
    without = g_strdup_printf("%.*s%s", (int) (zone - value), value, end);
    return wl_endpoint_parse(without, endpoint);
}

static gboolean
parse_u16(const char *value, guint16 *number)
{
    guint64 wide;

    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT16, &wide, NULL))
        return FALSE;
    *number = (guint16) wide;
    return TRUE;
}

typedef struct {
    WlDevice *device;
    WlDevicePeer *peer; /* the current one; NULL before the first */
    guint64 seconds, nanoseconds;
    gint64 now; /* µs of CLOCK_REALTIME */
} Parser;

static gboolean
parse_own_key(Parser *parser, const char *value)
{
    WlKey private_key;
    gboolean valid = parse_key(value, &private_key);

    if (valid)
        valid = wl_key_derive_public(&private_key, &parser->device->public_key);
    wl_key_wipe(&private_key);
    return valid;
}

static gboolean
parse_peer_line(Parser *parser, const char *key, const char *value)
{
    WlDevicePeer *peer = parser->peer;

    if (g_str_equal(key, "endpoint"))
        return parse_endpoint(value, &peer->endpoint);
    if (g_str_equal(key, "persistent_keepalive_interval"))
        return parse_u16(value, &peer->keepalive);
    if (g_str_equal(key, "rx_bytes"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &peer->rx_bytes, NULL);
    if (g_str_equal(key, "tx_bytes"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, &peer->tx_bytes, NULL);
    if (g_str_equal(key, "last_handshake_time_sec"))
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, &parser->seconds, NULL);
    if (g_str_equal(key, "last_handshake_time_nsec")) {
        if (!g_ascii_string_to_unsigned(value, 10, 0, 999999999, &parser->nanoseconds, NULL))
            return FALSE;
        /* Follows the seconds. */
        peer->handshake_age =
            wl_handshake_age((gint64) parser->seconds, (gint64) parser->nanoseconds, parser->now);
        return TRUE;
    }
    if (g_str_equal(key, "allowed_ip")) {
        WlPrefix prefix;

        if (!wl_prefix_parse(value, &prefix))
            return FALSE;
        g_array_append_val(peer->allowed_ips, prefix);
    }
    return TRUE; /* preshared_key, protocol_version, and keys of later versions */
}

static gboolean
parse_line(Parser *parser, const char *key, const char *value)
{
    WlKey public_key;

    if (g_str_equal(key, "public_key")) {
        if (!parse_key(value, &public_key))
            return FALSE;
        parser->peer = wl_device_peer_new(&public_key);
        parser->peer->handshake_age = -1;
        parser->seconds = parser->nanoseconds = 0;
        g_ptr_array_add(parser->device->peers, parser->peer);
        return TRUE;
    }
    if (parser->peer)
        return parse_peer_line(parser, key, value);
    if (g_str_equal(key, "private_key"))
        return parse_own_key(parser, value);
    if (g_str_equal(key, "listen_port"))
        return parse_u16(value, &parser->device->listen_port);
    return TRUE;
}

WlDevice *
wl_uapi_parse_device(const char *text, gsize length, gint64 now, GError **error)
{
    g_autoptr(WlDevice) device = wl_device_new();
    Parser parser = {.device = device, .now = now};
    const char *end = text + length;
    char line[256]; /* the longest known line is that of a key, 80 bytes */

    while (text < end) {
        const char *next = memchr(text, '\n', (gsize) (end - text));
        gsize size = (gsize) ((next ? next : end) - text);
        gboolean valid = size < sizeof line;

        if (valid && size > 0) {
            char *value;

            memcpy(line, text, size);
            line[size] = '\0';
            value = strchr(line, '=');
            if (value)
                *value++ = '\0';
            valid = value && parse_line(&parser, line, value);
            if (!valid)
                g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                            "WireGuard replied with an invalid value of \"%s\"", value ? line : "");
            explicit_bzero(line, sizeof line);
        } else if (!valid) {
            g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                        "WireGuard replied with a line of %" G_GSIZE_FORMAT " bytes", size);
        }
        if (!valid)
            return NULL;
        text = next ? next + 1 : end;
    }
    return g_steal_pointer(&device);
}
