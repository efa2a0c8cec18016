/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of "wirelinkctl status": one profile with its peers. Appends to the text of the
 * caller. Names and reasons of other members are made safe to print here.
 */
#include "wl-status-table.h"

#include <string.h>

#include "wl-display.h"
#include "wl-grid.h"
#include "wl-rate.h"
#include "wl-units.h"

#define MAX_LABEL 28  /* columns of the name of a peer */
#define MAX_CELL  80  /* of anything else */
#define MAX_NOTE  300 /* of a reason */

enum {
    COLUMN_PEER,
    COLUMN_STATE,
    COLUMN_ADDRESS,
    N_NEEDED,
    COLUMN_LATENCY = N_NEEDED,
    COLUMN_RECEIVED,
    COLUMN_SENT,
    N_COLUMNS,
    /* of the verbose table */
    COLUMN_ENDPOINT = N_COLUMNS,
    COLUMN_HANDSHAKE,
    COLUMN_TRUST,
    N_ALL_COLUMNS,
};

static const char *const titles[N_COLUMNS + 1] = {
    "PEER", "STATE", "ADDRESS", "LATENCY", "RECEIVED", "SENT",
};

static const char *const all_titles[N_ALL_COLUMNS + 1] = {
    "PEER", "STATE", "ADDRESS", "LATENCY", "RECEIVED", "SENT", "ENDPOINT", "HANDSHAKE", "TRUST",
};

/* ---- values -------------------------------------------------------------------------------- */

static char *
quote_or_dash(const char *text)
{
    return *text ? wl_display_quote(text, MAX_CELL) : g_strdup("-");
}

static char *
format_state(const WlActiveProfile *profile, const WlActivePeer *peer)
{
    g_autofree char *state =
        wl_display_quote(wl_property_string(peer->properties, "State"), MAX_CELL);
    const WlActivePeer *via =
        wl_active_profile_find_peer(profile, wl_property_string(peer->properties, "Via"));
    g_autofree char *label = via ? wl_active_peer_label(via) : NULL;
    g_autofree char *short_label = label ? wl_display_cut(label, MAX_LABEL) : NULL;

    return short_label ? g_strdup_printf("%s via %s", state, short_label) : g_steal_pointer(&state);
}

static char *
format_trust(GVariant *properties)
{
    g_autofree char *trust = wl_display_quote(wl_property_string(properties, "Trust"), MAX_CELL);
    const char *parts[4] = {NULL};
    guint n = 0;

    if (*trust)
        parts[n++] = trust;
    if (wl_property_boolean(properties, "Router"))
        parts[n++] = "router";
    if (wl_property_boolean(properties, "Basic"))
        parts[n++] = "basic";
    return n > 0 ? g_strjoinv(", ", (char **) parts) : g_strdup("-");
}

static char *
format_traffic(const WlActiveProfile *profile, const WlActiveProfile *before,
               const WlActivePeer *peer, const char *property)
{
    char *rate;

    if (!before)
        return wl_units_bytes(wl_property_uint(peer->properties, property));
    rate = wl_rate_format(profile, before, peer, property);
    return rate ? rate : g_strdup("-");
}

/* ---- the table ----------------------------------------------------------------------------- */

/* The state and the endpoint say all there is about a direct peer. */
static char *
format_reason(const WlActivePeer *peer, gint64 now, gboolean verbose)
{
    gboolean direct = g_str_has_prefix(wl_property_string(peer->properties, "State"), "direct");

    return direct && !verbose ? NULL : wl_active_peer_reason(peer, now);
}

static void
add_row(WlGrid *grid, const WlActiveProfile *profile, const WlActiveProfile *before,
        const WlActivePeer *peer, gint64 now, gboolean verbose)
{
    g_autofree char *label = wl_active_peer_label(peer);
    g_autofree char *address = wl_active_peer_address(peer);
    GVariant *properties = peer->properties;
    char *cells[N_ALL_COLUMNS] = {
        [COLUMN_PEER] = wl_display_cut(label, MAX_LABEL),
        [COLUMN_STATE] = format_state(profile, peer),
        [COLUMN_ADDRESS] = quote_or_dash(address),
        [COLUMN_LATENCY] = wl_units_round_trip(wl_property_uint(properties, "RoundTrip")),
        [COLUMN_RECEIVED] = format_traffic(profile, before, peer, "RxBytes"),
        [COLUMN_SENT] = format_traffic(profile, before, peer, "TxBytes"),
    };

    if (verbose) {
        cells[COLUMN_ENDPOINT] = quote_or_dash(wl_property_string(properties, "Endpoint"));
        cells[COLUMN_HANDSHAKE] = wl_units_age(wl_property_int(properties, "LastHandshake"), now);
        cells[COLUMN_TRUST] = format_trust(properties);
    }
    wl_grid_add(grid, cells, format_reason(peer, now, verbose));
    wl_grid_set_style(grid, COLUMN_STATE,
                      wl_style_of_state(wl_property_string(properties, "State")));
}

/* ---- above the table ----------------------------------------------------------------------- */

/* "3 of 4 members reachable (2 direct, 1 through a router)". */
static char *
format_summary(const WlActiveProfile *profile)
{
    guint direct = 0, routed = 0, n = profile->peers->len;
    g_autoptr(GString) how = g_string_new(NULL);

    for (guint i = 0; i < n; i++) {
        const WlActivePeer *peer = g_ptr_array_index(profile->peers, i);
        const char *state = wl_property_string(peer->properties, "State");

        direct += g_str_has_prefix(state, "direct");
        routed += strcmp(state, "routed") == 0;
    }
    if (!*wl_property_string(profile->link, "Uplink"))
        return g_strdup("this machine is offline");
    if (n == 0)
        return g_strdup("connected, but the network has no other members");
    if (direct > 0)
        g_string_append_printf(how, " (%u direct", direct);
    if (routed > 0)
        g_string_append_printf(how, "%s%u through a router", direct > 0 ? ", " : " (", routed);
    if (how->len > 0)
        g_string_append_c(how, ')');
    return g_strdup_printf("%u of %u member%s reachable%s", direct + routed, n, n == 1 ? "" : "s",
                           how->str);
}

static void
append_addresses(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    g_autofree char *list = wl_property_list(profile->link, "Addresses", " ");
    g_auto(GStrv) addresses = g_strsplit(list, " ", -1);
    g_autoptr(GString) line = g_string_new("this machine:");
    g_autofree char *shown = NULL;

    for (guint i = 0; addresses[i]; i++)
        g_string_append_printf(line, " %.*s", (int) strcspn(addresses[i], "/"), addresses[i]);
    shown = wl_display_quote(line->str, MAX_NOTE);
    wl_page_append_wrapped(page, out, 2, shown);
}

static void
append_exit(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    const WlActivePeer *exit = wl_active_profile_get_exit(profile);
    g_autofree char *label = exit ? wl_active_peer_label(exit) : NULL;
    g_autofree char *line = NULL;

    if (!exit)
        return;
    line = g_strdup_printf(
        "all traffic goes through: %s%s%s", label,
        wl_property_boolean(profile->link, "KillSwitch") ? ", with the kill switch" : "",
        wl_active_peer_is_reached(exit) && !wl_active_peer_is_silent(exit)
            ? ""
            : ", which is not reached: this machine is cut off from the internet");
    wl_page_append_wrapped(page, out, 2, line);
}

/* What members reach through this machine. */
static void
append_offers(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    gboolean exit = wl_property_boolean(profile->link, "OffersExit");
    g_autofree char *list = wl_property_list(profile->link, "SharedNetworks", ", ");
    g_autofree char *shared = wl_display_quote(list, MAX_NOTE);
    g_autofree char *line =
        g_strdup_printf("members reach through it: %s%s%s", exit ? "the internet" : "",
                        exit && *shared ? ", " : "", shared);

    if (exit || *shared)
        wl_page_append_wrapped(page, out, 2, line);
}

static void
append_port_mappings(GVariant *link, const WlPage *page, GString *out)
{
    g_auto(GStrv) sentences = wl_property_sentences(link, "PortMappings");

    for (guint i = 0; sentences[i]; i++) {
        g_autofree char *shown = wl_display_quote(sentences[i], MAX_NOTE);

        wl_page_append_wrapped(page, out, 2, shown);
    }
}

static void
append_details(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    GVariant *link = profile->link;
    g_autofree char *interface = wl_display_quote(wl_property_string(link, "Interface"), MAX_CELL);
    g_autofree char *backend = wl_display_quote(wl_property_string(link, "Backend"), MAX_CELL);
    g_autofree char *role = wl_display_quote(wl_property_string(link, "Role"), MAX_CELL);
    g_autofree char *uplink = quote_or_dash(wl_property_string(link, "Uplink"));
    g_autofree char *key = wl_display_quote(wl_property_string(link, "PublicKey"), MAX_CELL);
    g_autofree char *first_line =
        g_strdup_printf("interface %s, %s, %s, uplink %s", interface, backend, role, uplink);
    g_autofree char *ports_line = g_strdup_printf(
        "listen port %u, fact port %u, %u facts", (guint) wl_property_uint(link, "ListenPort"),
        (guint) wl_property_uint(link, "FactPort"), (guint) wl_property_uint(link, "FactCount"));

    wl_page_append_wrapped(page, out, 2, first_line);
    g_string_append_printf(out, "  public key %s\n", key);
    wl_page_append_wrapped(page, out, 2, ports_line);
    append_port_mappings(link, page, out);
}

static void
append_head(const WlActiveProfile *profile, gboolean verbose, const WlPage *page, GString *out)
{
    g_autofree char *label = wl_active_profile_label(profile);
    g_autofree char *summary = format_summary(profile);

    wl_page_append(page, out, WL_STYLE_TITLE, label);
    /* On the line of the name if it fits. */
    if (wl_display_width(label) + 2 + wl_display_width(summary) <= page->width) {
        g_string_append_printf(out, ": %s\n", summary);
    } else {
        g_string_append(out, ":\n");
        wl_page_append_wrapped(page, out, 2, summary);
    }
    append_addresses(profile, page, out);
    append_exit(profile, page, out);
    append_offers(profile, page, out);
    if (verbose)
        append_details(profile, page, out);
}

/* Changes of the stored profile that the service has not applied. */
static void
append_profile_state(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    g_autofree char *list = wl_property_list(profile->link, "PendingKeys", ", ");
    g_autofree char *pending = wl_display_quote(list, MAX_NOTE);
    g_autofree char *error =
        wl_display_quote(wl_property_string(profile->link, "ProfileError"), MAX_NOTE);

    if (*pending) {
        g_autofree char *line =
            g_strdup_printf("not applied yet: %s; reactivate the profile to apply", pending);
        wl_page_append_wrapped(page, out, 2, line);
    }
    if (*error) {
        g_autofree char *line =
            g_strdup_printf("the stored profile is invalid, the previous settings stay in "
                            "use: %s",
                            error);
        wl_page_append_wrapped(page, out, 2, line);
    }
}

static void
append_limitations(const WlActiveProfile *profile, const WlPage *page, GString *out)
{
    g_auto(GStrv) sentences = wl_property_sentences(profile->link, "Limitations");

    for (guint i = 0; sentences[i]; i++) {
        g_autofree char *shown = wl_display_quote(sentences[i], MAX_NOTE);
        g_autofree char *line = g_strdup_printf("limited: %s", shown);

        wl_page_append_wrapped(page, out, 2, line);
    }
}

void
wl_status_table_append(const WlActiveProfile *profile, const WlActiveProfile *before, gint64 now,
                       gboolean verbose, const WlPage *page, GString *out)
{
    g_autoptr(WlGrid) grid = wl_grid_new(verbose ? all_titles : titles, "REASON");

    wl_grid_set_needed(grid, N_NEEDED);
    append_head(profile, verbose, page, out);
    append_profile_state(profile, page, out);
    append_limitations(profile, page, out);
    if (profile->peers->len == 0) {
        g_string_append(out, "  no peers\n");
        return;
    }
    for (guint i = 0; i < profile->peers->len; i++)
        add_row(grid, profile, before, g_ptr_array_index(profile->peers, i), now, verbose);
    wl_grid_append(grid, page, out);
}
