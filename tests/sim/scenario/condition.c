/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions on one host, on a pair, or on a count. A condition does not change the world.
 */
#include <string.h>

#include "scenario/run.h"
#include "world/member.h"
#include "world/truth.h"

typedef gboolean (*Test)(Run *run, const Condition *self, SimHost *a, SimHost *b);

struct _Condition {
    Test test;
    SimHost *a, *b; /* both NULL: every pair that runs */
    gboolean both, negated;
    WlEndpoint endpoint;
    WlPrefix prefix;
    char *text, *value;
    gint64 duration;
    WlRole role;
    WlTrust trust;
    /* A comparison instead of a test. */
    Count *count;
    char sign[3];
    gint64 limit, since;
    gint64 last; /* last value */
};

void
scenario_condition_free(Condition *self)
{
    if (!self)
        return;
    scenario_count_free(self->count);
    g_free(self->text);
    g_free(self->value);
    g_free(self);
}

/* ---- tests of one direction */

#define DEFINE_TEST(name, expression)                                                              \
    static gboolean name(Run *run, const Condition *self, SimHost *a, SimHost *b)                  \
    {                                                                                              \
        return (expression);                                                                       \
    }

static gboolean
state_is(SimHost *a, SimHost *b, WlPeerState state)
{
    SimPeerStatus status;

    return sim_member_get_peer(a, b, &status) && status.state == state;
}

static gboolean
has_name(SimHost *a, SimHost *b, const char *name)
{
    SimPeerStatus status;

    return sim_member_get_peer(a, b, &status) && g_strcmp0(status.name, name) == 0;
}

static gboolean
has_reason(SimHost *a, SimHost *b, const char *part)
{
    SimPeerStatus status;

    return sim_member_get_peer(a, b, &status) && status.reason && strstr(status.reason, part);
}

static gboolean
is_healthy(SimHost *a, SimHost *b)
{
    SimPeerStatus status;

    return sim_member_get_peer(a, b, &status) && status.healthy;
}

static gboolean
is_alive(SimHost *a, SimHost *b)
{
    SimPeerStatus status;

    return sim_member_get_peer(a, b, &status) && status.alive;
}

static gboolean
is_at(SimHost *a, SimHost *b, const WlEndpoint *endpoint)
{
    WlEndpoint seen;

    if (!a->device || !sim_device_get_endpoint(a->device, &b->public_key, &seen))
        return FALSE;
    return wl_ip_equal(&seen.ip, &endpoint->ip) &&
           (endpoint->port == 0 || seen.port == endpoint->port);
}

/* A session expires without an event, so the device needs the time. NULL: no device. */
static const SimDevice *
device_now(SimHost *host)
{
    if (host->device)
        sim_device_set_time(host->device, host->world->now, host->wall_offset);
    return host->device;
}

static gboolean
handshake_is_younger(SimHost *a, SimHost *b, gint64 limit)
{
    const SimDevice *device = device_now(a);
    gint64 age = device ? sim_device_get_handshake_age(device, &b->public_key) : -1;

    return age >= 0 && age < limit;
}

static gboolean
has_session(SimHost *a, SimHost *b)
{
    const SimDevice *device = device_now(a);

    return device && sim_device_has_session(device, &b->public_key);
}

static gboolean
view_is(SimHost *a, SimHost *b, gboolean (*test)(const WlPeerView *view))
{
    WlPeerView view;

    return a->engine && wl_engine_get_peer(a->engine, &b->public_key, &view) && test(&view);
}

static gboolean
view_is_router(const WlPeerView *view)
{
    return view->router;
}

static gboolean
view_is_basic(const WlPeerView *view)
{
    return view->basic;
}

static gboolean
view_has_trust(SimHost *a, SimHost *b, WlTrust trust)
{
    WlPeerView view;

    return a->engine && wl_engine_get_peer(a->engine, &b->public_key, &view) && view.trust == trust;
}

DEFINE_TEST(test_direct, truth_is_direct(a, b))
DEFINE_TEST(test_direct_lan, truth_is_direct(a, b) && state_is(a, b, WL_PEER_DIRECT_LAN))
DEFINE_TEST(test_routed, truth_is_routed(a, b))
DEFINE_TEST(test_offline, truth_is_offline(a, b))
DEFINE_TEST(test_connecting, state_is(a, b, WL_PEER_CONNECTING))
DEFINE_TEST(test_reachable, truth_is_reachable(a, b))
DEFINE_TEST(test_direct_reachable, truth_is_direct(a, b) && truth_is_reachable(a, b))
DEFINE_TEST(test_known, a->device &&sim_device_has_peer(a->device, &b->public_key))
DEFINE_TEST(test_session, has_session(a, b))
DEFINE_TEST(test_healthy, is_healthy(a, b))
DEFINE_TEST(test_alive, is_alive(a, b))
DEFINE_TEST(test_endpoint, is_at(a, b, &self->endpoint))
DEFINE_TEST(test_allowed,
            a->device &&sim_device_has_allowed(a->device, &b->public_key, &self->prefix))
DEFINE_TEST(test_named, has_name(a, b, self->text))
DEFINE_TEST(test_reason, has_reason(a, b, self->text))
DEFINE_TEST(test_handshake, handshake_is_younger(a, b, self->duration))
DEFINE_TEST(test_router, view_is(a, b, view_is_router))
DEFINE_TEST(test_basic, view_is(a, b, view_is_basic))
DEFINE_TEST(test_trust, view_has_trust(a, b, self->trust))
DEFINE_TEST(test_accepts, truth_holds(a, b, self->text, self->value, TRUE, NULL))
DEFINE_TEST(test_refuses, truth_holds(a, b, self->text, self->value, FALSE, NULL))
DEFINE_TEST(test_holds, truth_holds(a, b, self->text, self->value, -1, NULL))
DEFINE_TEST(test_holds_stale, truth_holds_stale(a, b, self->text, self->value))

/* ---- tests of one host */

DEFINE_TEST(test_running, sim_member_is_running(a))
DEFINE_TEST(test_role,
            sim_member_is_running(a) && sim_member_is_router(a) == (self->role == WL_ROLE_ROUTER))
DEFINE_TEST(test_routes, truth_has_route(a, &self->prefix))

static const struct {
    const char *word;
    Test test;
} pair_tests[] = {
    {"direct", test_direct},
    {"direct-lan", test_direct_lan},
    {"routed", test_routed},
    {"offline", test_offline},
    {"connecting", test_connecting},
    {"reachable", test_reachable},
    {"known", test_known},
    {"session", test_session},
    {"healthy", test_healthy},
    {"alive", test_alive},
    {"endpoint", test_endpoint},
    {"allowed-ips", test_allowed},
    {"direct-reachable", test_direct_reachable},
    {"named", test_named},
    {"reason", test_reason},
    {"handshake", test_handshake},
    {"router", test_router},
    {"basic", test_basic},
    {"trust", test_trust},
};

/* ---- reading */

static gboolean
take_text(ScenarioLine *line, char **text, GError **error)
{
    const char *word = scenario_line_take(line, "a text", error);

    *text = g_strdup(word);
    return word != NULL;
}

static gboolean
take_prefix(ScenarioLine *line, WlPrefix *prefix, GError **error)
{
    const char *right = "a prefix like 10.77.0.0/24";
    const char *word = scenario_line_take(line, right, error);

    if (!word)
        return FALSE;
    if (!wl_prefix_parse(word, prefix))
        return scenario_line_fail(line, word, right, error);
    *prefix = wl_prefix_masked(prefix);
    return TRUE;
}

/* The argument of a test. */
static gboolean
take_argument(Condition *self, ScenarioLine *line, GError **error)
{
    if (self->test == test_endpoint) {
        const char *word = scenario_line_peek(line);
        /* An address without a port matches any port. */
        if (word && wl_ip_parse(word, &self->endpoint.ip)) {
            line->at++;
            return TRUE;
        }
        return scenario_line_take_endpoint(line, &self->endpoint, error);
    }
    if (self->test == test_allowed)
        return take_prefix(line, &self->prefix, error);
    if (self->test == test_named || self->test == test_reason)
        return take_text(line, &self->text, error);
    if (self->test == test_handshake)
        return scenario_line_take_duration(line, &self->duration, error);
    if (self->test == test_trust)
        return scenario_line_take_trust(line, TRUE, &self->trust, error);
    return TRUE;
}

static gboolean
take_pair_test(Condition *self, ScenarioLine *line, GError **error)
{
    const char *word = scenario_line_take(line, "a condition of the two hosts", error);
    g_autoptr(GString) right = g_string_new("one of");

    if (!word)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(pair_tests); i++) {
        g_string_append_printf(right, " %s", pair_tests[i].word);
        if (g_str_equal(word, pair_tests[i].word)) {
            self->test = pair_tests[i].test;
            return take_argument(self, line, error);
        }
    }
    return scenario_line_fail(line, word, right->str, error);
}

/* accepts|refuses|holds|holds-stale SUBJECT endpoint|allowed-ips|member [VALUE] */
static gboolean
take_fact_test(Run *run, Condition *self, ScenarioLine *line, Test test, GError **error)
{
    const char *right = "endpoint, allowed-ips or member";

    self->test = test;
    if (!(self->b = scenario_take_host(run, line, error)) || !take_text(line, &self->text, error))
        return FALSE;
    if (!g_str_equal(self->text, "endpoint") && !g_str_equal(self->text, "allowed-ips") &&
        !g_str_equal(self->text, "member"))
        return scenario_line_fail(line, self->text, right, error);
    if (scenario_line_peek(line) && !g_str_equal(scenario_line_peek(line), "as"))
        return take_text(line, &self->value, error);
    return TRUE;
}

static gboolean
take_host_test(Run *run, Condition *self, ScenarioLine *line, gboolean *taken, GError **error)
{
    *taken = TRUE;
    if (scenario_line_take_if(line, "running")) {
        self->test = test_running;
        return TRUE;
    }
    if (scenario_line_take_if(line, "is")) {
        self->test = test_role;
        self->role = WL_ROLE_ROUTER;
        if (scenario_line_take_if(line, "router"))
            return TRUE;
        self->role = WL_ROLE_LEAF;
        return scenario_line_take_word(line, "leaf", error);
    }
    if (scenario_line_take_if(line, "routes")) {
        self->test = test_routes;
        return take_prefix(line, &self->prefix, error);
    }
    if (scenario_line_take_if(line, "accepts"))
        return take_fact_test(run, self, line, test_accepts, error);
    if (scenario_line_take_if(line, "refuses"))
        return take_fact_test(run, self, line, test_refuses, error);
    if (scenario_line_take_if(line, "holds"))
        return take_fact_test(run, self, line, test_holds, error);
    if (scenario_line_take_if(line, "holds-stale"))
        return take_fact_test(run, self, line, test_holds_stale, error);
    *taken = FALSE;
    return TRUE;
}

static gboolean
take_comparison(Condition *self, ScenarioLine *line, GError **error)
{
    static const char *const signs[] = {"<=", ">=", "=", "<", ">"};
    const char *right = "<=, >=, =, < or >";
    const char *word = scenario_line_take(line, right, error);
    guint64 number;

    if (!word)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (g_str_equal(word, signs[i]))
            g_strlcpy(self->sign, word, sizeof(self->sign));
    }
    if (self->sign[0] == '\0')
        return scenario_line_fail(line, word, right, error);
    word = scenario_line_take(line, "a number, or a time", error);
    if (!word)
        return FALSE;
    if (g_ascii_string_to_unsigned(word, 10, 0, G_MAXINT64, &number, NULL))
        self->limit = (gint64) number;
    else if (!scenario_parse_duration(word, &self->limit))
        return scenario_line_fail(line, word, "a number, or a time", error);
    return TRUE;
}

static gboolean
parse(Run *run, Condition *self, ScenarioLine *line, GError **error)
{
    GError *problem = NULL;
    gboolean taken;

    self->negated = scenario_line_take_if(line, "not");
    self->count = scenario_count_new(run, line, &problem);
    if (problem) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    if (self->count)
        return take_comparison(self, line, error);
    if (scenario_line_take_if(line, "all")) {
        self->both = TRUE;
        return take_pair_test(self, line, error);
    }
    if (!(self->a = scenario_take_host(run, line, error)) ||
        !take_host_test(run, self, line, &taken, error))
        return FALSE;
    if (taken)
        return TRUE;
    self->both = !scenario_line_take_if(line, "->");
    return (self->b = scenario_take_host(run, line, error)) && take_pair_test(self, line, error);
}

Condition *
scenario_condition_new(Run *run, ScenarioLine *line, GError **error)
{
    Condition *self = g_new0(Condition, 1);

    if (parse(run, self, line, error))
        return self;
    scenario_condition_free(self);
    return NULL;
}

/* ---- evaluation */

gboolean
scenario_condition_counts(const Condition *self)
{
    return self->count != NULL;
}

gboolean
scenario_condition_get_count(const Condition *self, gint64 *counted)
{
    *counted = self->last;
    return self->count != NULL;
}

void
scenario_condition_begin(Run *run, Condition *self)
{
    self->since = run->world->now;
    if (self->count)
        scenario_count_begin(run, self->count);
}

static gboolean
compare(const Condition *self, gint64 value)
{
    switch (self->sign[0]) {
    case '<':
        return value < self->limit || (self->sign[1] && value == self->limit);
    case '>':
        return value > self->limit || (self->sign[1] && value == self->limit);
    default:
        return value == self->limit;
    }
}

static gboolean
all_pairs(Run *run, const Condition *self)
{
    const GPtrArray *hosts = run->world->hosts;

    for (guint i = 0; i < hosts->len; i++) {
        for (guint j = 0; j < hosts->len; j++) {
            SimHost *a = hosts->pdata[i], *b = hosts->pdata[j];
            if (a != b && sim_member_is_running(a) && sim_member_is_running(b) && !a->asleep &&
                !b->asleep && !self->test(run, self, a, b))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean
scenario_condition_is_true(Run *run, Condition *self)
{
    gboolean result;

    if (self->count) {
        self->last = scenario_count_value(run, self->count, self->since);
        result = compare(self, self->last);
    } else if (!self->a) {
        result = all_pairs(run, self);
    } else {
        result = self->test(run, self, self->a, self->b) &&
                 (!self->both || self->test(run, self, self->b, self->a));
    }
    return result != self->negated;
}

char *
scenario_condition_explain(Run *run, const Condition *self)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (self->count) {
        g_string_append_printf(text, "    counted: %" G_GINT64_FORMAT "\n", self->last);
    } else if (!self->a) {
        const GPtrArray *hosts = run->world->hosts;
        for (guint i = 0; i < hosts->len; i++) {
            for (guint j = 0; j < hosts->len; j++) {
                SimHost *a = hosts->pdata[i], *b = hosts->pdata[j];
                if (a != b && sim_member_is_running(a) && sim_member_is_running(b) && !a->asleep &&
                    !b->asleep && !self->test(run, self, a, b))
                    truth_describe(a, b, text);
            }
        }
        if (text->len == 0)
            g_string_append(text, "    all pairs\n");
    } else if (self->b) {
        truth_describe(self->a, self->b, text);
        truth_describe(self->b, self->a, text);
        if (self->text)
            truth_describe_facts(self->a, self->b, text);
    } else {
        truth_describe_host(self->a, text);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
