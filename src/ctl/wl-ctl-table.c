/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-table.h"

#include "wl-ctl-grid.h"
#include "wl-ctl-output.h"

#define MAX_LABEL 28  /* columns of a peer's name in a table */
#define MAX_CELL  80  /* of anything else */
#define MAX_NOTE  300 /* of a reason */

enum {
    COLUMN_PEER,
    COLUMN_STATE,
    COLUMN_ENDPOINT,
    N_NEEDED,
    COLUMN_HANDSHAKE = N_NEEDED,
    COLUMN_RECEIVED,
    COLUMN_SENT,
    COLUMN_ROUND_TRIP,
    COLUMN_TRUST,
    N_COLUMNS,
};

static const char *const titles[N_COLUMNS + 1] = {
    "PEER", "STATE", "ENDPOINT", "HANDSHAKE", "RECEIVED", "SENT", "ROUND TRIP", "TRUST",
};

/* ---- values -------------------------------------------------------------------------------- */

char *
wl_ctl_format_rate(const WlCtlProfile *profile, const WlCtlProfile *before, const WlCtlPeer *peer,
                   const char *property)
{
    const WlCtlPeer *old = wl_ctl_profile_find_peer(before, peer->path);
    gint64 elapsed = profile->read_at - before->read_at;
    guint64 now = wl_ctl_get_uint(peer->properties, property), then;
    g_autofree char *bytes = NULL;

    if (!old || elapsed <= 0)
        return NULL;
    then = wl_ctl_get_uint(old->properties, property);
    /* Counters start again where the peer was made again. */
    bytes = wl_ctl_format_bytes(
        now < then ? 0 : (guint64) ((double) (now - then) * G_USEC_PER_SEC / (double) elapsed));
    return g_strdup_printf("%s/s", bytes);
}

static char *
quote_or_dash(const char *text)
{
    return *text ? wl_ctl_quote(text, MAX_CELL) : g_strdup("-");
}

static char *
describe_state(const WlCtlProfile *profile, const WlCtlPeer *peer)
{
    g_autofree char *state = wl_ctl_quote(wl_ctl_get_string(peer->properties, "State"), MAX_CELL);
    const WlCtlPeer *via =
        wl_ctl_profile_find_peer(profile, wl_ctl_get_string(peer->properties, "Via"));
    g_autofree char *label = via ? wl_ctl_peer_label(via) : NULL;
    g_autofree char *short_label = label ? wl_ctl_cut(label, MAX_LABEL) : NULL;

    return short_label ? g_strdup_printf("%s via %s", state, short_label) : g_steal_pointer(&state);
}

static char *
describe_trust(GVariant *properties)
{
    g_autofree char *trust = wl_ctl_quote(wl_ctl_get_string(properties, "Trust"), MAX_CELL);
    const char *parts[4] = {NULL};
    guint n = 0;

    if (*trust)
        parts[n++] = trust;
    if (wl_ctl_get_boolean(properties, "Router"))
        parts[n++] = "router";
    if (wl_ctl_get_boolean(properties, "Basic"))
        parts[n++] = "basic";
    return n > 0 ? g_strjoinv(", ", (char **) parts) : g_strdup("-");
}

static char *
describe_traffic(const WlCtlProfile *profile, const WlCtlProfile *before, const WlCtlPeer *peer,
                 const char *property)
{
    char *rate;

    if (!before)
        return wl_ctl_format_bytes(wl_ctl_get_uint(peer->properties, property));
    rate = wl_ctl_format_rate(profile, before, peer, property);
    return rate ? rate : g_strdup("-");
}

/* ---- the table ----------------------------------------------------------------------------- */

static void
add_row(WlGrid *grid, const WlCtlProfile *profile, const WlCtlProfile *before,
        const WlCtlPeer *peer, gint64 now)
{
    g_autofree char *label = wl_ctl_peer_label(peer);
    GVariant *properties = peer->properties;
    char *cells[N_COLUMNS] = {
        [COLUMN_PEER] = wl_ctl_cut(label, MAX_LABEL),
        [COLUMN_STATE] = describe_state(profile, peer),
        [COLUMN_ENDPOINT] = quote_or_dash(wl_ctl_get_string(properties, "Endpoint")),
        [COLUMN_HANDSHAKE] = wl_ctl_format_age(wl_ctl_get_int(properties, "LastHandshake"), now),
        [COLUMN_RECEIVED] = describe_traffic(profile, before, peer, "RxBytes"),
        [COLUMN_SENT] = describe_traffic(profile, before, peer, "TxBytes"),
        [COLUMN_ROUND_TRIP] = wl_ctl_format_round_trip(wl_ctl_get_uint(properties, "RoundTrip")),
        [COLUMN_TRUST] = describe_trust(properties),
    };

    wl_grid_add(grid, cells, wl_ctl_quote(wl_ctl_get_string(properties, "Reason"), MAX_NOTE));
    wl_grid_set_style(grid, COLUMN_STATE,
                      wl_style_of_state(wl_ctl_get_string(properties, "State")));
}

static void
append_head(const WlCtlProfile *profile, const WlPage *page, GString *out)
{
    GVariant *link = profile->link;
    g_autofree char *label = wl_ctl_profile_label(profile);
    g_autofree char *interface = wl_ctl_quote(wl_ctl_get_string(link, "Interface"), MAX_CELL);
    g_autofree char *backend = wl_ctl_quote(wl_ctl_get_string(link, "Backend"), MAX_CELL);
    g_autofree char *role = wl_ctl_quote(wl_ctl_get_string(link, "Role"), MAX_CELL);
    g_autofree char *uplink = quote_or_dash(wl_ctl_get_string(link, "Uplink"));
    g_autofree char *key = wl_ctl_quote(wl_ctl_get_string(link, "PublicKey"), MAX_CELL);
    g_autofree char *list = wl_ctl_get_list(link, "Addresses", " ");
    g_autofree char *addresses = quote_or_dash(list);
    g_autofree char *first_line =
        g_strdup_printf("interface %s, %s, %s, uplink %s", interface, backend, role, uplink);
    g_autofree char *addresses_line = NULL;
    g_autofree char *ports_line = NULL;

    wl_page_append(page, out, WL_STYLE_TITLE, label);
    /* Beside the name if there is room. */
    if (wl_ctl_width(label) + 2 + wl_ctl_width(first_line) <= page->width) {
        g_string_append_printf(out, ": %s\n", first_line);
    } else {
        g_string_append(out, ":\n");
        wl_page_append_wrapped(page, out, 2, first_line);
    }
    addresses_line = g_strdup_printf("addresses %s", addresses);
    wl_page_append_wrapped(page, out, 2, addresses_line);
    g_string_append_printf(out, "  public key %s\n", key);
    ports_line = g_strdup_printf(
        "listen port %u, fact port %u, %u facts", (guint) wl_ctl_get_uint(link, "ListenPort"),
        (guint) wl_ctl_get_uint(link, "FactPort"), (guint) wl_ctl_get_uint(link, "FactCount"));
    wl_page_append_wrapped(page, out, 2, ports_line);
}

/* What NetworkManager has stored and the service cannot take now. */
static void
append_profile_state(const WlCtlProfile *profile, const WlPage *page, GString *out)
{
    g_autofree char *list = wl_ctl_get_list(profile->link, "PendingKeys", ", ");
    g_autofree char *waiting = wl_ctl_quote(list, MAX_NOTE);
    g_autofree char *error =
        wl_ctl_quote(wl_ctl_get_string(profile->link, "ProfileError"), MAX_NOTE);

    if (*waiting) {
        g_autofree char *line =
            g_strdup_printf("changed, and waits until it is brought up again: %s", waiting);
        wl_page_append_wrapped(page, out, 2, line);
    }
    if (*error) {
        g_autofree char *line =
            g_strdup_printf("runs as it was, for what is stored cannot: %s", error);
        wl_page_append_wrapped(page, out, 2, line);
    }
}

void
wl_ctl_table_append(const WlCtlProfile *profile, const WlCtlProfile *before, gint64 now,
                    const WlPage *page, GString *out)
{
    g_autoptr(WlGrid) grid = wl_grid_new(titles, "REASON");

    wl_grid_set_needed(grid, N_NEEDED);
    append_head(profile, page, out);
    append_profile_state(profile, page, out);
    if (profile->peers->len == 0) {
        g_string_append(out, "  no peers\n");
        return;
    }
    for (guint i = 0; i < profile->peers->len; i++)
        add_row(grid, profile, before, g_ptr_array_index(profile->peers, i), now);
    wl_grid_append(grid, page, out);
}
