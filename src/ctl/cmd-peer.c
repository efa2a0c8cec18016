/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-grid.h"
#include "wl-ctl-json.h"
#include "wl-ctl-output.h"
#include "wl-ctl-round-trips.h"
#include "wl-ctl-subject.h"
#include "wl-ctl-table.h"
#include "wl-ctl.h"

#include <stdio.h>
#include <string.h>

#define MAX_VALUE 80
#define MAX_NOTE  300
#define TITLES    16 /* columns of what stands before a value */

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
    return *text ? wl_ctl_quote(text, MAX_VALUE) : g_strdup("-");
}

/* "3 h ago". */
static char *
describe_age(gint64 then, gint64 now)
{
    g_autofree char *age = wl_ctl_format_age(then, now);

    return then > 0 ? g_strdup_printf("%s ago", age) : g_steal_pointer(&age);
}

static void
append_head(const WlCtlPeer *peer, const WlPage *page, GString *out)
{
    const char *state = wl_ctl_get_string(peer->properties, "State");
    g_autofree char *label = wl_ctl_peer_label(peer);
    g_autofree char *shown = quote_or_dash(state);
    g_autofree char *reason = wl_ctl_quote(wl_ctl_get_string(peer->properties, "Reason"), MAX_NOTE);

    wl_page_append(page, out, WL_STYLE_TITLE, label);
    g_string_append(out, ": ");
    wl_page_append(page, out, wl_style_of_state(state), shown);
    g_string_append_c(out, '\n');
    if (*reason)
        wl_page_append_wrapped(page, out, 2, reason);
}

static void
append_identity(const WlCtlProfile *profile, const WlCtlPeer *peer, GString *out)
{
    GVariant *properties = peer->properties;
    g_autofree char *profile_label = wl_ctl_profile_label(profile);
    g_autofree char *interface =
        wl_ctl_quote(wl_ctl_get_string(profile->link, "Interface"), MAX_VALUE);
    g_autofree char *key = quote_or_dash(wl_ctl_get_string(properties, "PublicKey"));
    g_autofree char *trust = quote_or_dash(wl_ctl_get_string(properties, "Trust"));
    g_autofree char *trust_by =
        wl_ctl_quote(wl_ctl_get_string(properties, "TrustSource"), MAX_VALUE);
    gboolean with_reason = strcmp(trust, "-") != 0 && *trust_by && strcmp(trust_by, "none") != 0;

    append_value(out, "profile", "%s, interface %s", profile_label, interface);
    append_value(out, "public key", "%s", key);
    append_value(out, "known from", "%s%s%s",
                 wl_ctl_get_boolean(properties, "Configured") ? "the profile" : "other members",
                 wl_ctl_get_boolean(properties, "Router") ? "; a router" : "",
                 wl_ctl_get_boolean(properties, "Basic") ? "; runs WireGuard only" : "");
    append_value(out, "trust", "%s%s%s", trust, with_reason ? ", by " : "",
                 with_reason ? trust_by : "");
}

static void
append_traffic(const WlCtlProfile *profile, const WlCtlPeer *peer, gint64 now, GString *out)
{
    GVariant *properties = peer->properties;
    const WlCtlPeer *via = wl_ctl_profile_find_peer(profile, wl_ctl_get_string(properties, "Via"));
    g_autofree char *via_label = via ? wl_ctl_peer_label(via) : NULL;
    g_autofree char *endpoint = quote_or_dash(wl_ctl_get_string(properties, "Endpoint"));
    g_autofree char *list = wl_ctl_get_list(properties, "AllowedIPs", ", ");
    g_autofree char *prefixes = wl_ctl_quote(list, MAX_NOTE);
    g_autofree char *handshake = describe_age(wl_ctl_get_int(properties, "LastHandshake"), now);
    g_autofree char *alive = describe_age(wl_ctl_get_int(properties, "LastAlive"), now);
    g_autofree char *round_trip =
        wl_ctl_format_round_trip(wl_ctl_get_uint(properties, "RoundTrip"));
    g_autofree char *received = wl_ctl_format_bytes(wl_ctl_get_uint(properties, "RxBytes"));
    g_autofree char *sent = wl_ctl_format_bytes(wl_ctl_get_uint(properties, "TxBytes"));

    append_value(out, "endpoint", "%s", endpoint);
    if (via_label)
        append_value(out, "carried by", "%s", via_label);
    append_value(out, "allowed IPs", "%s", *prefixes ? prefixes : "-");
    append_value(out, "handshake", "%s", handshake);
    append_value(out, "last alive", "%s", alive);
    append_value(out, "round trip", "%s", round_trip);
    append_value(out, "received", "%s, sent %s", received, sent);
}

static void
append_candidates(const WlCtlPeer *peer, const WlPage *page, GString *out)
{
    static const char *const titles[] = {"ADDRESS", "KIND", "TOLD BY", "RESULT", NULL};
    g_autoptr(GVariant) candidates = wl_ctl_get_value(peer->properties, "Candidates", "a(ssss)");
    g_autoptr(WlGrid) grid = wl_grid_new(titles, NULL);
    const char *address, *rank, *source, *result;
    GVariantIter iter;

    if (!candidates || g_variant_n_children(candidates) == 0) {
        g_string_append(out, "  no address to reach it at is known\n");
        return;
    }
    g_variant_iter_init(&iter, candidates);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, &rank, &source, &result)) {
        char *cells[] = {quote_or_dash(address), quote_or_dash(rank), quote_or_dash(source),
                         quote_or_dash(result)};

        wl_grid_add(grid, cells, NULL);
    }
    g_string_append(out, "  addresses to reach it at, best first:\n");
    wl_grid_append(grid, page, out);
}

static void
print_page(const WlCtlProfile *profile, const WlCtlPeer *peer)
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
print_json(const WlCtlProfiles *profiles, const WlCtlProfile *profile, const WlCtlPeer *peer)
{
    JsonObject *object = wl_ctl_peer_to_json(profile, peer);

    json_object_set_string_member(object, "profile", wl_ctl_get_string(profile->link, "Id"));
    wl_ctl_json_add_problems(object, profiles);
    wl_ctl_print_json(object, TRUE);
}

WlExit
wl_cmd_peer(char **arguments)
{
    gboolean json = FALSE;
    g_autofree char *name = NULL;
    const GOptionEntry entries[] = {
        {"profile", 0, 0, G_OPTION_ARG_STRING, &name, "look in this profile alone", "PROFILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON document", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_auto(WlCtlSubject) subject = {0};
    WlExit result;

    if (!wl_ctl_parse("peer", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    if (!rest[0])
        return wl_ctl_fail_usage(json, "peer", "peer needs the name of a peer");
    result = wl_ctl_subject_load_peer(&subject, name, rest[0], WL_PICK_TO_READ, json);
    if (result != WL_EXIT_OK)
        return result;
    wl_ctl_round_trips_complete(subject.bus, subject.profiles);
    if (json)
        print_json(subject.profiles, subject.profile, subject.peer);
    else
        print_page(subject.profile, subject.peer);
    return wl_ctl_profiles_finish(subject.profiles, json);
}
