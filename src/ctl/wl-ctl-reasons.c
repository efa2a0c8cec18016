/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-reasons.h"

#include "wl-ctl-facts.h"
#include "wl-ctl-output.h"

#include <string.h>

#define SESSION     180 /* s after which WireGuard drops a session (Reject-After-Time) */
#define MAX_VALUE   80
#define MAX_NOTE    300
#define MAX_REFUSED 3 /* refused facts that are told */

/* What the questions look at. */
typedef struct {
    const WlCtlProfile *profile;
    const GPtrArray *facts;
    GVariant *link, *peer;
    const char *key, *state;
    gboolean basic, direct;
    char *label; /* of the peer */
    char *via;   /* label of the router that carries it, or NULL */
    gint64 now;
    guint n_candidates, n_silent, n_untried, n_trying, n_good;
} Case;

static void
step_free(WlStep *step)
{
    g_free(step->answer);
    g_free(step);
}

void
wl_reasons_free(WlReasons *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->steps);
    g_ptr_array_unref(self->advice);
    g_free(self->conclusion);
    g_free(self);
}

static void G_GNUC_PRINTF(4, 5)
    add_step(WlReasons *self, const char *question, WlStepResult result, const char *format, ...)
{
    WlStep *step = g_new0(WlStep, 1);
    va_list arguments;

    step->question = question;
    step->result = result;
    va_start(arguments, format);
    step->answer = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(self->steps, step);
}

static void G_GNUC_PRINTF(2, 3) add_advice(WlReasons *self, const char *format, ...)
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
    g_autoptr(GVariant) candidates = wl_ctl_get_value(self->peer, "Candidates", "a(ssss)");
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
case_init(Case *self, const WlCtlProfile *profile, const WlCtlPeer *peer, const GPtrArray *facts,
          gint64 now)
{
    const WlCtlPeer *via =
        wl_ctl_profile_find_peer(profile, wl_ctl_get_string(peer->properties, "Via"));

    memset(self, 0, sizeof(*self));
    self->profile = profile;
    self->facts = facts;
    self->link = profile->link;
    self->peer = peer->properties;
    self->key = wl_ctl_get_string(peer->properties, "PublicKey");
    self->state = wl_ctl_get_string(peer->properties, "State");
    self->basic = wl_ctl_get_boolean(peer->properties, "Basic");
    self->direct = g_str_has_prefix(self->state, "direct");
    self->label = wl_ctl_peer_label(peer);
    self->via = via ? wl_ctl_peer_label(via) : NULL;
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
    gint64 handshake = wl_ctl_get_int(self->peer, "LastHandshake");

    return handshake > 0 && self->now - handshake < SESSION;
}

/* Who said it of this peer, without what nobody believes; "hub, phone"; NULL if nobody did. */
static char *
list_sources(const Case *self, const char *attribute)
{
    g_autoptr(GString) sources = g_string_new(NULL);

    for (guint i = 0; self->facts && i < self->facts->len; i++) {
        GVariant *fact = g_ptr_array_index(self->facts, i);
        g_autofree char *source = NULL;

        if (strcmp(wl_ctl_get_string(fact, "Subject"), self->key) != 0 ||
            strcmp(wl_ctl_get_string(fact, "Type"), attribute) != 0 ||
            !wl_ctl_get_boolean(fact, "Accepted"))
            continue;
        source = wl_ctl_fact_source(fact);
        if (!strstr(sources->str, source))
            g_string_append_printf(sources, "%s%s", sources->len ? ", " : "", source);
        if (sources->len > MAX_NOTE)
            break;
    }
    return sources->len ? g_strdup(sources->str) : NULL;
}

/* "10.1.0.0/16 from hub (outside the networks of the profile)", the first few. */
static char *
list_refused(const Case *self, const char *attribute)
{
    g_autoptr(GString) list = g_string_new(NULL);
    guint count = 0;

    for (guint i = 0; self->facts && i < self->facts->len; i++) {
        GVariant *fact = g_ptr_array_index(self->facts, i);
        g_autofree char *source = NULL;
        g_autofree char *value = NULL;
        g_autofree char *rule = NULL;

        if (strcmp(wl_ctl_get_string(fact, "Subject"), self->key) != 0 ||
            strcmp(wl_ctl_get_string(fact, "Type"), attribute) != 0 ||
            wl_ctl_get_boolean(fact, "Accepted") || count++ >= MAX_REFUSED)
            continue;
        source = wl_ctl_fact_source(fact);
        value = wl_ctl_quote(wl_ctl_get_string(fact, "Value"), MAX_VALUE);
        rule = wl_ctl_fact_rule(fact);
        g_string_append_printf(list, "%s%s from %s (%s)", list->len ? ", " : "", value, source,
                               rule);
    }
    if (count > MAX_REFUSED)
        g_string_append_printf(list, " and %u more", count - MAX_REFUSED);
    return list->len ? g_strdup(list->str) : NULL;
}

/* ---- the questions ------------------------------------------------------------------------- */

static void
ask_known(WlReasons *self, const Case *of)
{
    g_autofree char *sources = list_sources(of, "member");

    if (wl_ctl_get_boolean(of->peer, "Configured"))
        add_step(self, "Is it known?", WL_STEP_YES, "yes, it is in the profile");
    else if (sources)
        add_step(self, "Is it known?", WL_STEP_YES, "yes, it was introduced by %s", sources);
    else
        add_step(self, "Is it known?", WL_STEP_YES, "yes, it was learned from others");
}

static void
ask_uplink(WlReasons *self, const Case *of)
{
    g_autofree char *uplink = wl_ctl_quote(wl_ctl_get_string(of->link, "Uplink"), MAX_VALUE);

    if (*uplink)
        add_step(self, "Is there a network?", WL_STEP_YES, "yes, packets leave by %s", uplink);
    else
        add_step(self, "Is there a network?", WL_STEP_NO, "no, this machine has no default route");
}

static void
ask_address(WlReasons *self, const Case *of)
{
    g_autofree char *refused = list_refused(of, "endpoint");

    if (of->n_candidates > 0)
        add_step(self, "Is an address known?", WL_STEP_YES, "yes, %u%s%s", of->n_candidates,
                 refused ? "; refused: " : "", refused ? refused : "");
    else
        add_step(self, "Is an address known?", WL_STEP_NO, "no%s%s",
                 refused ? ", those that were told are refused: " : ", nobody has told one",
                 refused ? refused : "");
}

static void
ask_tried(WlReasons *self, const Case *of)
{
    g_autoptr(GVariant) candidates = wl_ctl_get_value(of->peer, "Candidates", "a(ssss)");
    g_autoptr(GString) list = g_string_new(NULL);
    const char *address, *rank, *source, *result;
    GVariantIter iter;

    if (of->n_candidates == 0) {
        add_step(self, "What came of it?", WL_STEP_OPEN, "there is nothing to try");
        return;
    }
    g_variant_iter_init(&iter, candidates);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &address, &rank, &source, &result)) {
        g_autofree char *text =
            g_strdup_printf("%s, %s, told by %s: %s", address, rank, source, result);
        g_autofree char *shown = wl_ctl_quote(text, 2 * MAX_VALUE);

        g_string_append_printf(list, "%s%s", list->len ? "\n" : "", shown);
    }
    add_step(self, "What came of it?",
             of->n_good > 0     ? WL_STEP_YES
             : of->n_silent > 0 ? WL_STEP_NO
                                : WL_STEP_OPEN,
             "%s", list->str);
}

static void
ask_handshake(WlReasons *self, const Case *of)
{
    gint64 handshake = wl_ctl_get_int(of->peer, "LastHandshake");
    g_autofree char *age = wl_ctl_format_age(handshake, of->now);

    if (handshake <= 0)
        add_step(self, "Was there a handshake?", WL_STEP_NO, "no, never");
    else
        add_step(self, "Was there a handshake?",
                 has_session(of) ? WL_STEP_YES
                 : of->direct    ? WL_STEP_OPEN
                                 : WL_STEP_NO,
                 "%s%s ago", has_session(of) ? "yes, " : "the last one was ", age);
}

static void
ask_alive(WlReasons *self, const Case *of)
{
    gint64 alive = wl_ctl_get_int(of->peer, "LastAlive");
    guint64 round_trip = wl_ctl_get_uint(of->peer, "RoundTrip");
    g_autofree char *age = wl_ctl_format_age(alive, of->now);
    g_autofree char *time = wl_ctl_format_round_trip(round_trip);
    gboolean fresh = alive > 0 && of->now - alive < 2 * SESSION;

    if (of->basic)
        add_step(self, "Does it answer inside?", WL_STEP_OPEN,
                 "it runs WireGuard only and is not asked");
    else if (alive <= 0)
        add_step(self, "Does it answer inside?", has_session(of) ? WL_STEP_NO : WL_STEP_OPEN,
                 "it has not said that it is alive");
    else
        add_step(self, "Does it answer inside?", fresh ? WL_STEP_YES : WL_STEP_NO,
                 "%slast sign of life %s ago%s%s", fresh ? "yes, " : "not any more, ", age,
                 round_trip ? ", round trip " : "", round_trip ? time : "");
}

static void
ask_trust(WlReasons *self, const Case *of)
{
    g_autofree char *trust = wl_ctl_quote(wl_ctl_get_string(of->peer, "Trust"), MAX_VALUE);
    g_autofree char *by = wl_ctl_quote(wl_ctl_get_string(of->peer, "TrustSource"), MAX_VALUE);
    g_autofree char *refused = list_refused(of, "allowed-ips");
    g_autofree char *list = wl_ctl_get_list(of->peer, "AllowedIPs", ", ");
    g_autofree char *prefixes = wl_ctl_quote(list, MAX_NOTE);

    if (!*trust || strcmp(trust, "Untrusted") == 0)
        add_step(self, "Is it trusted?", WL_STEP_OPEN,
                 "with nothing: what it tells of others is not believed");
    else
        add_step(self, "Is it trusted?", WL_STEP_YES, "with %s, by %s", trust, *by ? by : "none");
    add_step(self, "What goes to it?",
             refused     ? WL_STEP_NO
             : *prefixes ? WL_STEP_YES
                         : WL_STEP_OPEN,
             "%s%s%s", *prefixes ? prefixes : "nothing directly", refused ? "; refused: " : "",
             refused ? refused : "");
}

static void
ask_way(WlReasons *self, const Case *of)
{
    g_autofree char *endpoint = wl_ctl_quote(wl_ctl_get_string(of->peer, "Endpoint"), MAX_VALUE);

    if (of->direct)
        add_step(self, "Which way is used?", WL_STEP_YES, "directly%s%s%s", *endpoint ? ", " : "",
                 endpoint, strcmp(of->state, "direct-lan") == 0 ? ", on the same network" : "");
    else if (of->via)
        add_step(self, "Which way is used?", WL_STEP_YES, "%s carries it", of->via);
    else
        add_step(self, "Which way is used?", WL_STEP_NO, "none: no router carries it either");
}

/* ---- what to do ---------------------------------------------------------------------------- */

static void
advise_unreached(WlReasons *self, const Case *of)
{
    guint port = (guint) wl_ctl_get_uint(of->link, "ListenPort");

    if (of->n_silent == 0) {
        self->conclusion = g_strdup("its addresses are being tried");
        add_advice(self, "wait a few seconds, or run wirelinkctl refresh");
        return;
    }
    self->conclusion = g_strdup("no address of it answers");
    add_advice(self, "see that %s is running and has a network", of->label);
    add_advice(self,
               "see that the firewalls of both let UDP in: port %u here, and there the port of the "
               "addresses above; wirelinkctl doctor checks this machine",
               port);
    add_advice(self, "where both are behind a NAT that gives each connection another port, forward "
                     "the port on one of them, or leave it to the router");
}

static void
conclude(WlReasons *self, const Case *of)
{
    if (of->direct) {
        self->conclusion = g_strdup("it is direct, and all is well");
        return;
    }
    if (!*wl_ctl_get_string(of->link, "Uplink")) {
        self->conclusion = g_strdup("this machine is not on a network");
        add_advice(self, "connect this machine: nmcli device status shows what it could use");
    } else if (of->n_candidates == 0 && wl_ctl_get_int(of->peer, "LastHandshake") <= 0) {
        self->conclusion = g_strdup("nobody knows where it is");
        add_advice(self, "bring it up: a router tells its address as soon as it has been heard");
        add_advice(self, "or give it an endpoint in the profile, if it has a fixed address");
    } else if (!has_session(of)) {
        advise_unreached(self, of);
    } else if (!of->basic && wl_ctl_get_int(of->peer, "LastAlive") <= 0) {
        self->conclusion = g_strdup("WireGuard reaches it, but it says nothing inside the tunnel");
        add_advice(self,
                   "see that wirelink runs there and uses fact port %u, and that its firewall "
                   "lets that UDP port in on the tunnel interface",
                   (guint) wl_ctl_get_uint(of->link, "FactPort"));
        add_advice(self, "if it runs WireGuard only, say so in the profile: basic");
    } else {
        self->conclusion = g_strdup("it answers, and the way to it is about to change");
        add_advice(self, "wait a few seconds; if it stays so, wirelinkctl facts shows what is "
                         "refused");
    }
    if (of->via) {
        char *whole = g_strdup_printf("%s; meanwhile %s carries it", self->conclusion, of->via);

        g_free(self->conclusion);
        self->conclusion = whole;
    }
}

WlReasons *
wl_reasons_new(const WlCtlProfile *profile, const WlCtlPeer *peer, const GPtrArray *facts,
               gint64 now)
{
    WlReasons *self = g_new0(WlReasons, 1);
    Case of;

    self->steps = g_ptr_array_new_with_free_func((GDestroyNotify) step_free);
    self->advice = g_ptr_array_new_with_free_func(g_free);
    case_init(&of, profile, peer, facts, now);
    ask_known(self, &of);
    ask_uplink(self, &of);
    ask_address(self, &of);
    ask_tried(self, &of);
    ask_handshake(self, &of);
    ask_alive(self, &of);
    ask_trust(self, &of);
    ask_way(self, &of);
    conclude(self, &of);
    case_clear(&of);
    return self;
}
