/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of profiles and peers as metrics (Prometheus' text exposition format 0.0.4), for the
 * text file collector of a node exporter. Labels of peers are their keys and names.
 */
#include "wl-prometheus.h"

#include <string.h>

#define MICROSECONDS 1e-6

/* A label value: backslash, quote and line feed are escaped. */
static void
append_value(GString *out, const char *value)
{
    for (const char *p = value; *p; p++) {
        if (*p == '\n')
            g_string_append(out, "\\n");
        else if (*p == '\\' || *p == '"')
            g_string_append_printf(out, "\\%c", *p);
        else
            g_string_append_c(out, *p);
    }
}

static void
append_label(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s%s=\"", g_str_has_suffix(out->str, "{") ? "" : ",", name);
    append_value(out, value);
    g_string_append_c(out, '"');
}

static void
append_head(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP wirelink_%s %s\n# TYPE wirelink_%s %s\n", name, help, name,
                           type);
}

static double
get_connected(const WlActivePeer *peer)
{
    return g_str_has_prefix(wl_property_string(peer->properties, "State"), "direct");
}

static double
get_reachable(const WlActivePeer *peer)
{
    return wl_active_peer_is_reached(peer);
}

static double
get_received(const WlActivePeer *peer)
{
    return (double) wl_property_uint(peer->properties, "RxBytes");
}

static double
get_sent(const WlActivePeer *peer)
{
    return (double) wl_property_uint(peer->properties, "TxBytes");
}

static double
get_handshake(const WlActivePeer *peer)
{
    return (double) wl_property_int(peer->properties, "LastHandshake");
}

static double
get_round_trip(const WlActivePeer *peer)
{
    return (double) wl_property_uint(peer->properties, "RoundTrip") * MICROSECONDS;
}

static const struct {
    const char *name, *type, *help;
    double (*get)(const WlActivePeer *peer);
} metrics[] = {
    {"peer_direct", "gauge", "1 if the peer is connected directly.", get_connected},
    {"peer_reachable", "gauge", "1 if the peer is reached, directly or through a router.",
     get_reachable},
    {"peer_received_bytes_total", "counter", "Bytes received from the peer.", get_received},
    {"peer_sent_bytes_total", "counter", "Bytes sent to the peer.", get_sent},
    {"peer_last_handshake_seconds", "gauge", "Time of the last handshake, or 0.", get_handshake},
    {"peer_round_trip_seconds", "gauge", "Round trip inside the tunnel, or 0 if unknown.",
     get_round_trip},
};

static void
append_metric(GString *out, const WlActiveProfiles *profiles, guint metric)
{
    append_head(out, metrics[metric].name, metrics[metric].type, metrics[metric].help);
    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *profile = profiles->profiles->pdata[i];

        for (guint j = 0; j < profile->peers->len; j++) {
            const WlActivePeer *peer = profile->peers->pdata[j];
            char number[G_ASCII_DTOSTR_BUF_SIZE];

            g_string_append_printf(out, "wirelink_%s{", metrics[metric].name);
            append_label(out, "profile", wl_property_string(profile->link, "Id"));
            append_label(out, "peer", wl_property_string(peer->properties, "Name"));
            append_label(out, "public_key", wl_property_string(peer->properties, "PublicKey"));
            g_string_append_printf(
                out, "} %s\n", g_ascii_dtostr(number, sizeof(number), metrics[metric].get(peer)));
        }
    }
}

char *
wl_prometheus_format(const WlActiveProfiles *profiles)
{
    GString *out = g_string_new(NULL);

    append_head(out, "profile_up", "gauge", "1 for each active profile.");
    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *profile = profiles->profiles->pdata[i];

        g_string_append(out, "wirelink_profile_up{");
        append_label(out, "profile", wl_property_string(profile->link, "Id"));
        append_label(out, "interface", wl_property_string(profile->link, "Interface"));
        g_string_append(out, "} 1\n");
    }
    for (guint i = 0; i < G_N_ELEMENTS(metrics); i++)
        append_metric(out, profiles, i);
    return g_string_free(out, FALSE);
}
