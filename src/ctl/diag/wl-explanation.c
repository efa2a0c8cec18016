/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explains step by step why a peer is connected directly or not, with a conclusion and advice.
 * All of it is derived from what the service publishes. An explanation owns its texts, which are
 * safe to print.
 */
#include "wl-explanation.h"

#include <string.h>

#include "wl-active-routers.h"
#include "wl-display.h"
#include "wl-known-facts.h"
#include "wl-units.h"

#define SESSION     180 /* s, after which WireGuard drops a session (Reject-After-Time) */
#define MAX_VALUE   80
#define MAX_NOTE    300
#define MAX_REFUSED 3 /* refused facts that are named */

/* What the steps look at. */
typedef struct {
    const WlActiveProfile *profile;
    const GPtrArray *facts;
    GVariant *link, *peer;
    const char *key, *state;
    gboolean basic, direct, silent;
    char *label; /* of the peer */
    char *via;   /* label of the router that it is reached through, or NULL */
    gint64 now;
    guint n_candidates, n_silent, n_untried, n_trying, n_good;
} Case;

static void
step_free(WlStep *step)
{
    g_free(step->finding);
    g_free(step);
}

void
wl_explanation_free(WlExplanation *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->steps);
    g_ptr_array_unref(self->advice);
    g_free(self->conclusion);
    g_free(self);
}

static void G_GNUC_PRINTF(4, 5)
    add_step(WlExplanation *self, const char *title, WlStepResult result, const char *format, ...)
{
    WlStep *step = g_new0(WlStep, 1);
    va_list arguments;

    step->title = title;
    step->result = result;
    va_start(arguments, format);
    step->finding = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(self->steps, step);
}

static void G_GNUC_PRINTF(2, 3) add_advice(WlExplanation *self, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(self->advice, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* ---- the case ------------------------------------------------------------------------------ */

static void
count_candidates(Case *self)
{
    g_autoptr(GVariant) candidates = wl_property_value(self->peer, "Candidates", "a(ssss)");
    const char *result;
    GVariantIter iter;

    if (!candidates)
        return;
    g_variant_iter_init(&iter, candidates);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", NULL, NULL, NULL, &result)) {
        self->n_candidates++;
        self->n_silent += strcmp(result, "no-answer") == 0;
        self->n_untried += strcmp(result, "not-tried") == 0;
        self->n_trying += strcmp(result, "trying") == 0;
        self->n_good += strcmp(result, "in-use") == 0 || strcmp(result, "worked") == 0;
    }
}

static void
case_init(Case *self, const WlActiveProfile *profile, const WlActivePeer *peer,
          const GPtrArray *facts, gint64 now)
{
    const WlActivePeer *via =
        wl_active_profile_find_peer(profile, wl_property_string(peer->properties, "Via"));

    memset(self, 0, sizeof(*self));
    self->profile = profile;
    self->facts = facts;
    self->link = profile->link;
    self->peer = peer->properties;
    self->key = wl_property_string(peer->properties, "PublicKey");
    self->state = wl_property_string(peer->properties, "State");
    self->basic = wl_property_boolean(peer->properties, "Basic");
    self->direct = g_str_has_prefix(self->state, "direct");
    self->silent = wl_active_peer_is_silent(peer);
    self->label = wl_active_peer_label(peer);
    self->via = via ? wl_active_peer_label(via) : NULL;
    self->now = now;
    count_candidates(self);
}

static void
case_clear(Case *self)
{
    g_free(self->label);
    g_free(self->via);
}

static gboolean
has_session(const Case *self)
{
    gint64 handshake = wl_property_int(self->peer, "LastHandshake");

    return handshake > 0 && self->now - handshake < SESSION;
}

/* The sources of the accepted facts of @type about the peer: "hub, phone"; NULL: none. */
static char *
list_sources(const Case *self, const char *type)
{
    g_autoptr(GString) sources = g_string_new(NULL);

    for (guint i = 0; self->facts && i < self->facts->len; i++) {
        GVariant *fact = g_ptr_array_index(self->facts, i);
        g_autofree char *source = NULL;

        if (strcmp(wl_property_string(fact, "Subject"), self->key) != 0 ||
            strcmp(wl_property_string(fact, "Type"), type) != 0 ||
            !wl_property_boolean(fact, "Accepted"))
            continue;
        source = wl_known_fact_source(fact);
        if (!strstr(sources->str, source))
            g_string_append_printf(sources, "%s%s", sources->len ? ", " : "", source);
        if (sources->len > MAX_NOTE)
            break;
    }
    return sources->len ? g_strdup(sources->str) : NULL;
}

/* The refused facts of @type about the peer, the first few: "10.1.0.0/16 from hub (REASON)". */
static char *
list_refused(const Case *self, const char *type)
{
    g_autoptr(GString) list = g_string_new(NULL);
    guint count = 0;

    for (guint i = 0; self->facts && i < self->facts->len; i++) {
        GVariant *fact = g_ptr_array_index(self->facts, i);
        g_autofree char *source = NULL;
        g_autofree char *value = NULL;
        g_autofree char *reason = NULL;

        if (strcmp(wl_property_string(fact, "Subject"), self->key) != 0 ||
            strcmp(wl_property_string(fact, "Type"), type) != 0 ||
            wl_property_boolean(fact, "Accepted") || count++ >= MAX_REFUSED)
            continue;
        source = wl_known_fact_source(fact);
        value = wl_display_quote(wl_property_string(fact, "Value"), MAX_VALUE);
        reason = wl_known_fact_reason(fact);
        g_string_append_printf(list, "%s%s from %s (%s)", list->len ? ", " : "", value, source,
                               reason);
    }
    if (count > MAX_REFUSED)
        g_string_append_printf(list, " and %u more", count - MAX_REFUSED);
    return list->len ? g_strdup(list->str) : NULL;
}

/* ---- the steps ----------------------------------------------------------------------------- */

static void
add_origin(WlExplanation *self, const Case *of)
{
    g_autofree char *sources = list_sources(of, "member");

    if (wl_property_boolean(of->peer, "Configured"))
        add_step(self, "Known from", WL_STEP_OK, "the profile");
    else
        add_step(self, "Known from", WL_STEP_OK, "%s", sources ? sources : "other members");
}

static void
add_uplink(WlExplanation *self, const Case *of)
{
    g_autofree char *uplink = wl_display_quote(wl_property_string(of->link, "Uplink"), MAX_VALUE);

    if (*uplink)
        add_step(self, "Uplink", WL_STEP_OK, "%s", uplink);
    else
        add_step(self, "Uplink", WL_STEP_FAIL, "none: this machine has no default route");
}

static void
add_candidates(WlExplanation *self, const Case *of)
{
    g_autofree char *refused = list_refused(of, "endpoint");

    if (of->n_candidates > 0)
        add_step(self, "Candidate addresses", WL_STEP_OK, "%u%s%s", of->n_candidates,
                 refused ? "; refused: " : "", refused ? refused : "");
    else
        add_step(self, "Candidate addresses", WL_STEP_FAIL, "none%s%s",
                 refused ? "; refused: " : "; no member advertises one", refused ? refused : "");
}

static void
add_results(WlExplanation *self, const Case *of)
{
    static const char title[] = "Result of each candidate";
    g_autoptr(GVariant) candidates = wl_property_value(of->peer, "Candidates", "a(ssss)");
    g_autoptr(GString) list = g_string_new(NULL);
    const char *address, *rank, *source, *result;
    GVariantIter iter;

    if (of->n_candidates == 0) {
        add_step(self, title, WL_STEP_UNKNOWN, "no candidate to try");
        return;
    }
    g_variant_iter_init(&iter, candidates);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, &rank, &source, &result)) {
        g_autofree char *text =
            g_strdup_printf("%s (%s, source %s): %s", address, rank, source, result);
        g_autofree char *shown = wl_display_quote(text, 2 * MAX_VALUE);

        g_string_append_printf(list, "%s%s", list->len ? "\n" : "", shown);
    }
    add_step(self, title,
             of->n_good > 0     ? WL_STEP_OK
             : of->n_silent > 0 ? WL_STEP_FAIL
                                : WL_STEP_UNKNOWN,
             "%s", list->str);
}

static void
add_handshake(WlExplanation *self, const Case *of)
{
    gint64 handshake = wl_property_int(of->peer, "LastHandshake");
    g_autofree char *age = wl_units_age(handshake, of->now);

    if (handshake <= 0)
        add_step(self, "Last handshake", WL_STEP_FAIL, "never");
    else
        add_step(self, "Last handshake",
                 has_session(of) ? WL_STEP_OK
                 : of->direct    ? WL_STEP_UNKNOWN
                                 : WL_STEP_FAIL,
                 "%s ago", age);
}

static void
add_alive(WlExplanation *self, const Case *of)
{
    gint64 alive = wl_property_int(of->peer, "LastAlive");
    guint64 round_trip = wl_property_uint(of->peer, "RoundTrip");
    g_autofree char *age = wl_units_age(alive, of->now);
    g_autofree char *time = wl_units_round_trip(round_trip);
    gboolean fresh = alive > 0 && of->now - alive < 2 * SESSION;

    if (of->basic)
        add_step(self, "Last Alive", WL_STEP_UNKNOWN,
                 "not expected: the peer runs plain WireGuard");
    else if (alive <= 0)
        add_step(self, "Last Alive", has_session(of) ? WL_STEP_FAIL : WL_STEP_UNKNOWN, "never");
    else
        add_step(self, "Last Alive", fresh ? WL_STEP_OK : WL_STEP_FAIL, "%s ago%s%s", age,
                 round_trip ? ", round trip " : "", round_trip ? time : "");
}

static void
add_trust(WlExplanation *self, const Case *of)
{
    g_autofree char *trust = wl_display_quote(wl_property_string(of->peer, "Trust"), MAX_VALUE);
    g_autofree char *source =
        wl_display_quote(wl_property_string(of->peer, "TrustSource"), MAX_VALUE);

    if (!*trust || strcmp(trust, "Untrusted") == 0)
        add_step(self, "Trust", WL_STEP_UNKNOWN, "none: its facts about other members are refused");
    else
        add_step(self, "Trust", WL_STEP_OK, "%s (source %s)", trust, *source ? source : "none");
}

static void
add_allowed_ips(WlExplanation *self, const Case *of)
{
    g_autofree char *refused = list_refused(of, "allowed-ips");
    g_autofree char *list = wl_property_list(of->peer, "AllowedIPs", ", ");
    g_autofree char *prefixes = wl_display_quote(list, MAX_NOTE);

    add_step(self, "Allowed IPs",
             refused     ? WL_STEP_FAIL
             : *prefixes ? WL_STEP_OK
                         : WL_STEP_UNKNOWN,
             "%s%s%s", *prefixes ? prefixes : "none", refused ? "; refused: " : "",
             refused ? refused : "");
}

static void
add_path(WlExplanation *self, const Case *of)
{
    g_autofree char *endpoint =
        wl_display_quote(wl_property_string(of->peer, "Endpoint"), MAX_VALUE);

    if (of->silent)
        add_step(self, "Path", WL_STEP_FAIL, "direct, %s, without a reply", endpoint);
    else if (of->direct)
        add_step(self, "Path", WL_STEP_OK, "direct%s%s%s", *endpoint ? ", " : "", endpoint,
                 strcmp(of->state, "direct-lan") == 0 ? ", on the same network" : "");
    else if (of->via)
        add_step(self, "Path", WL_STEP_OK, "through %s", of->via);
    else
        add_step(self, "Path", WL_STEP_FAIL, "none: no router reaches it either");
}

/* One of several routers: its place, which one is used and why; on a router, which one holds a
 * leaf. */
static void
add_routers(WlExplanation *self, const Case *of)
{
    static const char title[] = "Several routers";
    const WlActivePeer *current = wl_active_routers_current(of->profile);
    const WlActivePeer *attached =
        wl_active_profile_find_peer(of->profile, wl_property_string(of->peer, "Attached"));
    g_autoptr(GPtrArray) routers = wl_active_routers_list(of->profile);
    g_autofree char *reason = wl_active_routers_reason(of->profile, of->now);
    g_autofree char *name = NULL;

    if (attached) {
        name = wl_active_peer_label(attached);
        add_step(self, title, WL_STEP_OK, "%s holds it, and forwards what is for it", name);
    }
    for (guint i = 0; current && routers->len > 1 && i < routers->len; i++) {
        const WlActivePeer *router = routers->pdata[i];

        if (router->properties != of->peer)
            continue;
        name = wl_active_peer_label(current);
        if (router == current)
            add_step(self, title, WL_STEP_OK, "number %u of %u, used %s", i + 1, routers->len,
                     reason);
        else
            add_step(self, title, WL_STEP_UNKNOWN, "number %u of %u; %s is used %s", i + 1,
                     routers->len, name, reason);
    }
}

/* ---- conclusion and advice ----------------------------------------------------------------- */

static void
advise_unreached(WlExplanation *self, const Case *of)
{
    guint port = (guint) wl_property_uint(of->link, "ListenPort");

    if (of->n_silent == 0) {
        self->conclusion = g_strdup("its candidate addresses are being tried");
        add_advice(self, "wait a few seconds, or run wirelinkctl refresh");
        return;
    }
    self->conclusion = g_strdup("no candidate address responds");
    add_advice(self, "make sure that %s is running and online", of->label);
    add_advice(self,
               "make sure that the firewalls on both sides accept UDP: port %u here, and there the "
               "ports of the addresses above; wirelinkctl doctor checks this machine",
               port);
    if (wl_property_int(of->peer, "LastHandshake") <= 0)
        add_advice(self,
                   "make sure that each side has the public key of the other: wirelinkctl status "
                   "-v there shows it, and %s here is %s",
                   of->label, of->key);
    add_advice(self, "if both are behind a NAT that uses a new port for each connection (symmetric "
                     "NAT), forward the port on one side, or leave the traffic to the router");
}

static void
append_conclusion(WlExplanation *self, const char *words, const char *label)
{
    g_autofree char *before = self->conclusion;

    self->conclusion = g_strdup_printf("%s; %s %s", before, words, label);
}

/* What depends on the peer besides its own traffic. */
static void
add_exit(WlExplanation *self, const Case *of)
{
    if (strcmp(wl_property_string(of->link, "Exit"), of->key) != 0)
        return;
    append_conclusion(self,
                      of->direct || of->via
                          ? "it is the exit: all other traffic of this machine goes through"
                          : "it is the exit: this machine is cut off without",
                      of->label);
    if (!of->direct && !of->via)
        add_advice(self, "until then: wirelinkctl exit off, or another exit");
}

static void
conclude(WlExplanation *self, const Case *of)
{
    gint64 reply = wl_property_int(of->peer, "LastReply");
    g_autofree char *age = wl_units_age(reply, of->now);

    if (of->direct) {
        self->conclusion = reply > 0 ? g_strdup_printf("connected directly; last reply %s ago", age)
                                     : g_strdup("connected directly");
        return;
    }
    if (of->silent) {
        self->conclusion = g_strdup_printf("no reply for %s: it may be offline", age);
        add_advice(self, "make sure that %s is running and online", of->label);
        add_advice(self, "make sure that its address has not changed: wirelinkctl set-endpoint "
                         "replaces the one of the profile");
        add_advice(self, "make sure that no firewall in between has begun to drop UDP");
        return;
    }
    if (!*wl_property_string(of->link, "Uplink")) {
        self->conclusion = g_strdup("this machine is offline");
        add_advice(self,
                   "connect this machine to a network; nmcli device status lists its devices");
    } else if (of->n_candidates == 0 && wl_property_int(of->peer, "LastHandshake") <= 0) {
        self->conclusion = g_strdup("no address of the peer is known");
        add_advice(self, "activate the profile there; a router advertises the address as soon as "
                         "the peer connects to it");
        add_advice(self, "or set an endpoint in the profile if the peer has a fixed address");
    } else if (!has_session(of)) {
        advise_unreached(self, of);
    } else if (!of->basic && wl_property_int(of->peer, "LastAlive") <= 0) {
        self->conclusion = g_strdup("WireGuard is connected, but no Alive arrives in the tunnel");
        add_advice(self,
                   "make sure that wirelink runs there with fact port %u, and that the firewall "
                   "there accepts this UDP port on the tunnel interface",
                   (guint) wl_property_uint(of->link, "FactPort"));
        add_advice(self, "if the peer runs plain WireGuard, mark it as basic in the profile");
    } else {
        self->conclusion = g_strdup("the peer responds, and the path to it is about to change");
        add_advice(self, "wait a few seconds; if nothing changes, wirelinkctl facts shows refused "
                         "facts");
    }
    if (of->via)
        append_conclusion(self, "traffic goes through", of->via);
}

WlExplanation *
wl_explanation_new(const WlActiveProfile *profile, const WlActivePeer *peer, const GPtrArray *facts,
                   gint64 now)
{
    WlExplanation *self = g_new0(WlExplanation, 1);
    Case of;

    self->steps = g_ptr_array_new_with_free_func((GDestroyNotify) step_free);
    self->advice = g_ptr_array_new_with_free_func(g_free);
    case_init(&of, profile, peer, facts, now);
    add_origin(self, &of);
    add_uplink(self, &of);
    add_candidates(self, &of);
    add_results(self, &of);
    add_handshake(self, &of);
    add_alive(self, &of);
    add_trust(self, &of);
    add_allowed_ips(self, &of);
    add_path(self, &of);
    add_routers(self, &of);
    conclude(self, &of);
    add_exit(self, &of);
    case_clear(&of);
    return self;
}
