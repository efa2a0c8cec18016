/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl peer: the details of one peer. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-grid.h"
#include "wl-json.h"
#include "wl-print.h"
#include "wl-round-trips.h"
#include "wl-units.h"

#define MAX_VALUE 80
#define MAX_NOTE  300
#define TITLES    16 /* columns of a title and the gap after it */

/* ---- people -------------------------------------------------------------------------------- */

static void G_GNUC_PRINTF(3, 4)
    append_value(GString *out, const char *title, const char *format, ...)
{
    va_list arguments;

    g_string_append_printf(out, "  %-*s", TITLES, title);
    va_start(arguments, format);
    g_string_append_vprintf(out, format, arguments);
    va_end(arguments);
    g_string_append_c(out, '\n');
}

static char *
quote_or_dash(const char *text)
{
    return *text ? wl_display_quote(text, MAX_VALUE) : g_strdup("-");
}

/* "3 h ago". */
static char *
describe_age(gint64 then, gint64 now)
{
    g_autofree char *age = wl_units_age(then, now);

    return then > 0 ? g_strdup_printf("%s ago", age) : g_steal_pointer(&age);
}

static void
append_head(const WlActivePeer *peer, const WlPage *page, GString *out)
{
    const char *state = wl_property_string(peer->properties, "State");
    g_autofree char *label = wl_active_peer_label(peer);
    g_autofree char *shown = quote_or_dash(state);
    g_autofree char *reason = wl_active_peer_reason(peer, g_get_real_time() / G_USEC_PER_SEC);

    wl_page_append(page, out, WL_STYLE_TITLE, label);
    g_string_append(out, ": ");
    wl_page_append(page, out, wl_style_of_state(state), shown);
    g_string_append_c(out, '\n');
    if (*reason)
        wl_page_append_wrapped(page, out, 2, reason);
}

static void
append_identity(const WlActiveProfile *profile, const WlActivePeer *peer, GString *out)
{
    GVariant *properties = peer->properties;
    g_autofree char *profile_label = wl_active_profile_label(profile);
    g_autofree char *interface =
        wl_display_quote(wl_property_string(profile->link, "Interface"), MAX_VALUE);
    g_autofree char *key = quote_or_dash(wl_property_string(properties, "PublicKey"));
    g_autofree char *trust = quote_or_dash(wl_property_string(properties, "Trust"));
    g_autofree char *trust_source =
        wl_display_quote(wl_property_string(properties, "TrustSource"), MAX_VALUE);
    gboolean with_reason =
        strcmp(trust, "-") != 0 && *trust_source && strcmp(trust_source, "none") != 0;

    append_value(out, "profile", "%s, interface %s", profile_label, interface);
    append_value(out, "public key", "%s", key);
    append_value(out, "known from", "%s%s%s",
                 wl_property_boolean(properties, "Configured") ? "the profile" : "other members",
                 wl_property_boolean(properties, "Router") ? "; router" : "",
                 wl_property_boolean(properties, "Basic") ? "; plain WireGuard" : "");
    append_value(out, "trust", "%s%s%s", trust, with_reason ? ", source " : "",
                 with_reason ? trust_source : "");
}

static void
append_traffic(const WlActiveProfile *profile, const WlActivePeer *peer, gint64 now, GString *out)
{
    GVariant *properties = peer->properties;
    const WlActivePeer *via =
        wl_active_profile_find_peer(profile, wl_property_string(properties, "Via"));
    const WlActivePeer *attached =
        wl_active_profile_find_peer(profile, wl_property_string(properties, "Attached"));
    g_autofree char *attached_label = attached ? wl_active_peer_label(attached) : NULL;
    g_autofree char *via_label = via ? wl_active_peer_label(via) : NULL;
    g_autofree char *endpoint = quote_or_dash(wl_property_string(properties, "Endpoint"));
    g_autofree char *list = wl_property_list(properties, "AllowedIPs", ", ");
    g_autofree char *prefixes = wl_display_quote(list, MAX_NOTE);
    g_autofree char *handshake = describe_age(wl_property_int(properties, "LastHandshake"), now);
    g_autofree char *alive = describe_age(wl_property_int(properties, "LastAlive"), now);
    g_autofree char *round_trip = wl_units_round_trip(wl_property_uint(properties, "RoundTrip"));
    g_autofree char *received = wl_units_bytes(wl_property_uint(properties, "RxBytes"));
    g_autofree char *sent = wl_units_bytes(wl_property_uint(properties, "TxBytes"));
    g_autofree char *held_back = wl_property_counters(properties, "HeldBack", "");

    append_value(out, "endpoint", "%s", endpoint);
    if (via_label)
        append_value(out, "router", "%s", via_label);
    if (attached_label)
        append_value(out, "attached to", "%s", attached_label);
    append_value(out, "allowed IPs", "%s", *prefixes ? prefixes : "-");
    append_value(out, "handshake", "%s", handshake);
    append_value(out, "last Alive", "%s", alive);
    append_value(out, "round trip", "%s", round_trip);
    append_value(out, "received", "%s, sent %s", received, sent);
    if (*held_back)
        append_value(out, "held back", "%s", held_back);
}

static void
append_candidates(const WlActivePeer *peer, const WlPage *page, GString *out)
{
    static const char *const titles[] = {"ADDRESS", "RANK", "SOURCE", "RESULT", NULL};
    g_autoptr(GVariant) candidates = wl_property_value(peer->properties, "Candidates", "a(ssss)");
    g_autoptr(WlGrid) grid = wl_grid_new(titles, NULL);
    const char *address, *rank, *source, *result;
    GVariantIter iter;

    if (!candidates || g_variant_n_children(candidates) == 0) {
        g_string_append(out, "  no candidate addresses\n");
        return;
    }
    g_variant_iter_init(&iter, candidates);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, &rank, &source, &result)) {
        char *cells[] = {quote_or_dash(address), quote_or_dash(rank), quote_or_dash(source),
                         quote_or_dash(result)};

        wl_grid_add(grid, cells, NULL);
    }
    g_string_append(out, "  candidate addresses, best first:\n");
    wl_grid_append(grid, page, out);
}

static void
print_page(const WlActiveProfile *profile, const WlActivePeer *peer)
{
    g_autoptr(GString) out = g_string_new(NULL);
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    WlPage page;

    wl_page_init(&page);
    append_head(peer, &page, out);
    append_identity(profile, peer, out);
    append_traffic(profile, peer, now, out);
    append_candidates(peer, &page, out);
    fputs(out->str, stdout);
}

/* ---- the command --------------------------------------------------------------------------- */

static void
print_json(const WlActiveProfiles *profiles, const WlActiveProfile *profile,
           const WlActivePeer *peer)
{
    JsonObject *object = wl_json_from_peer(profile, peer);

    json_object_set_string_member(object, "profile", wl_property_string(profile->link, "Id"));
    wl_json_add_problems(object, profiles);
    wl_print_json(object, TRUE);
}

static WlExit
run(WlRequest *request)
{
    wl_round_trips_complete(request->bus, request->profiles);
    if (request->json)
        print_json(request->profiles, request->profile, request->peer);
    else
        print_page(request->profile, request->peer);
    return wl_active_profiles_finish(request->profiles, request->json);
}

const WlCommand wl_command_peer = {
    .name = "peer",
    .operands = "PEER",
    .summary = "show the details of a peer and its candidate addresses",
    .wants = WL_WANTS_PEER,
    .json = TRUE,
    .run = run,
};
