/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's check of the path MTU: echo requests through the tunnel, whole or not at all. What
 * is not answered at a small size is not judged.
 */
#include "wl-check-path.h"

#include <stdlib.h>
#include <string.h>

#include "wl-display.h"
#include "wl-exit.h"
#include "wl-host.h"
#include "wl-ping.h"

#define MAX_PEERS  8
#define MAX_VALUE  80 /* columns */
#define TRIES      3
#define FINE       8                               /* bytes: the result of a search is that exact */
#define LEAST_MTU  1280                            /* IPv6 requires it of every link */
#define PATIENCE   G_USEC_PER_SEC                  /* µs for the first reply */
#define LEAST_WAIT (300 * G_GINT64_CONSTANT(1000)) /* µs for those of large packets */
#define BUDGET     (10 * G_USEC_PER_SEC)           /* µs for all peers */

/* The probing of one peer. */
typedef struct {
    WlPing *ping;
    guint headers; /* bytes around the data */
    gint64 wait;   /* µs */
    gint64 end;    /* monotonic time */
} Probing;

guint
wl_check_path_search(guint least, guint most, WlPathProbe probe, gpointer user_data)
{
    while (most - least > FINE) {
        guint middle = least + (most - least) / 2;

        if (probe(middle, user_data))
            least = middle;
        else
            most = middle;
    }
    return least;
}

/* A WlPathProbe: @size of the whole packet. */
static gboolean
arrives(guint size, gpointer user_data)
{
    const Probing *self = user_data;

    for (guint i = 0; i < TRIES && g_get_monotonic_time() < self->end; i++) {
        gint64 round_trip;

        if (wl_ping_send(self->ping, size - self->headers, self->wait, NULL, &round_trip) ==
            WL_PING_REPLY)
            return TRUE;
    }
    return FALSE;
}

static void
add_broken(WlDoctor *doctor, const char *label, const WlActiveProfile *active, const char *name,
           guint size, guint mtu)
{
    g_autofree char *uuid = wl_display_quote(wl_property_string(active->link, "Uuid"), MAX_VALUE);
    g_autofree char *remedy = g_strdup_printf(
        "something on the path drops them, often a tunnel below this one: nmcli connection modify "
        "%s +vpn.data mtu=%u, on both machines, then reactivate",
        uuid, MAX(size, LEAST_MTU));

    if (size == 0)
        wl_doctor_add(doctor, "mtu", WL_CHECK_WARN, remedy,
                      "%s: packets of %u bytes do not reach %s, not even of %u: large transfers "
                      "stall",
                      label, mtu, name, LEAST_MTU);
    else
        wl_doctor_add(doctor, "mtu", WL_CHECK_WARN, remedy,
                      "%s: packets over %u bytes do not reach %s, and the MTU is %u: large "
                      "transfers stall",
                      label, size, name, mtu);
}

/* TRUE if full-size packets reach it. Nothing is added if it does not answer small ones. */
static gboolean
check_peer(WlDoctor *doctor, const char *label, const WlActiveProfile *active,
           const WlActivePeer *peer, Probing *probing, guint mtu)
{
    g_autofree char *name = wl_active_peer_label(peer);
    gint64 round_trip = 0;

    if (wl_ping_send(probing->ping, WL_PING_SMALL, PATIENCE, NULL, &round_trip) != WL_PING_REPLY)
        return FALSE;
    probing->wait = MAX(4 * round_trip, LEAST_WAIT);
    probing->headers = wl_ping_is_ipv6(probing->ping) ? WL_PING_HEADERS6 : WL_PING_HEADERS4;
    wl_ping_set_unfragmented(probing->ping);
    if (arrives(mtu, probing))
        return TRUE;
    /* The path may have changed meanwhile. */
    if (wl_ping_send(probing->ping, WL_PING_SMALL, PATIENCE, NULL, &round_trip) != WL_PING_REPLY ||
        g_get_monotonic_time() >= probing->end)
        return FALSE;
    if (mtu <= LEAST_MTU || !arrives(LEAST_MTU, probing))
        add_broken(doctor, label, active, name, 0, mtu);
    else
        add_broken(doctor, label, active, name,
                   wl_check_path_search(LEAST_MTU, mtu, arrives, probing), mtu);
    return FALSE;
}

static guint
read_mtu(const char *interface)
{
    g_autofree char *path = g_build_filename("/sys/class/net", interface, "mtu", NULL);
    g_autofree char *text = strchr(interface, '/') ? NULL : wl_host_read(path);

    return text ? (guint) CLAMP(atoi(text), 0, G_MAXUINT16) : 0;
}

void
wl_check_path_mtu(WlDoctor *doctor, const char *label, const WlActiveProfile *active)
{
    const char *interface = wl_property_string(active->link, "Interface");
    guint mtu = read_mtu(interface), probed = 0;
    g_autoptr(GString) reached = g_string_new(NULL);
    Probing probing = {.end = g_get_monotonic_time() + BUDGET};

    for (guint i = 0; mtu > 0 && i < active->peers->len && probed < MAX_PEERS; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];
        g_autofree char *address = wl_active_peer_address(peer);
        g_autofree char *name = wl_active_peer_label(peer);
        g_autoptr(GError) error = NULL;
        g_autoptr(WlPing) ping = NULL;

        if (!*address || !g_str_has_prefix(wl_property_string(peer->properties, "State"), "direct"))
            continue;
        ping = wl_ping_new(address, interface, &error);
        if (g_error_matches(error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED)) {
            wl_doctor_add(doctor, "mtu", WL_CHECK_OK, NULL,
                          "%s: the path MTU was not tested, which needs root here", label);
            return;
        }
        probing.ping = ping;
        if (!ping)
            continue;
        probed++;
        if (check_peer(doctor, label, active, peer, &probing, mtu))
            g_string_append_printf(reached, "%s%s", reached->len > 0 ? ", " : "", name);
    }
    if (reached->len > 0)
        wl_doctor_add(doctor, "mtu", WL_CHECK_OK, NULL,
                      "%s: packets of full size, %u bytes, reach %s", label, mtu, reached->str);
}
