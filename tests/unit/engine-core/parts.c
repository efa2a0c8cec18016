/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the engine, each in isolation. */
#include <string.h>

#include "exchange/wl-subscription.h"
#include "harness.h"
#include "paths/wl-tie-breaker.h"
#include "state/wl-batch-delay.h"
#include "state/wl-candidates.h"
#include "state/wl-endpoint-policy.h"
#include "state/wl-engine-state.h"
#include "state/wl-log-limiter.h"
#include "state/wl-prefix-policy.h"
#include "wl-boot-id.h"
#include "wl-prefix-set.h"
#include "wl-rate-limit.h"
#include "wl-timer-queue.h"

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

/* ---- knowledge */

/* Expiries are stored with a resolution of about a second. */
static void
assert_known(const WlKnowledge *knowledge, guint slot, gint64 until)
{
    g_assert_cmpint(wl_knowledge_get(knowledge, slot), <=, until);
    g_assert_cmpint(wl_knowledge_get(knowledge, slot), >, until - WL_MS(1100));
}

static void
test_knowledge(void)
{
    WlKnowledge knowledge = {0};

    g_assert_true(wl_knowledge_needs(&knowledge, 3, WL_SEC(255), 0, WL_FACT_MARGIN));
    wl_knowledge_learn(&knowledge, 3, WL_SEC(255));
    assert_known(&knowledge, 3, WL_SEC(255));
    g_assert_cmpint(wl_knowledge_get(&knowledge, 2), ==, 0);
    g_assert_cmpint(wl_knowledge_get(&knowledge, 1000), ==, 0);
    /* older is ignored */
    wl_knowledge_learn(&knowledge, 3, WL_SEC(100));
    assert_known(&knowledge, 3, WL_SEC(255));
    /* with slack: only when the margin begins, and only if the fact lasts longer */
    g_assert_false(wl_knowledge_needs(&knowledge, 3, WL_SEC(400), WL_MS(121400), WL_FACT_MARGIN));
    g_assert_true(
        wl_knowledge_needs(&knowledge, 3, WL_SEC(400), WL_MS(122500) + 1, WL_FACT_MARGIN));
    g_assert_false(wl_knowledge_needs(&knowledge, 3, WL_SEC(255), WL_SEC(250), WL_FACT_MARGIN));
    /* a reboot prunes one peer */
    wl_knowledge_learn(&knowledge, 70, WL_SEC(9));
    wl_knowledge_forget(&knowledge, 3);
    wl_knowledge_forget(&knowledge, 5000);
    g_assert_true(wl_knowledge_needs(&knowledge, 3, WL_SEC(255), 0, WL_FACT_MARGIN));
    assert_known(&knowledge, 70, WL_SEC(9));
    /* and the last one */
    wl_knowledge_forget(&knowledge, 70);
    wl_knowledge_learn(&knowledge, 3, WL_SEC(20));
    wl_knowledge_learn(&knowledge, 3, WL_SEC(30));
    assert_known(&knowledge, 3, WL_SEC(30));
    wl_knowledge_clear(&knowledge);
}

/* Thousands of peers learn a fact at random times: recorded knowledge never exceeds theirs and is
 * gone after a drop, and recently sent facts are renewed only slightly early. */
static void
test_knowledge_of_many(void)
{
    WlKnowledge knowledge = {0};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    g_autofree gint64 *until = g_new0(gint64, 3000);

    for (guint i = 0; i < 100000; i++) {
        guint slot = (guint) g_rand_int_range(random, 0, 3000);
        gint64 now = WL_MS(10) * i, expires = now + WL_SEC(255);

        if (g_rand_int_range(random, 0, 10) == 0) {
            wl_knowledge_forget(&knowledge, slot);
            until[slot] = 0;
        } else {
            wl_knowledge_learn(&knowledge, slot, expires);
            until[slot] = expires;
        }
        slot = (guint) g_rand_int_range(random, 0, 3000);
        if (until[slot] == 0) {
            g_assert_cmpint(wl_knowledge_get(&knowledge, slot), ==, 0);
        } else {
            g_assert_cmpint(wl_knowledge_get(&knowledge, slot), >, 0);
            g_assert_cmpint(wl_knowledge_get(&knowledge, slot), <=, until[slot]);
        }
        if (until[slot] == expires)
            assert_known(&knowledge, slot, expires);
        g_assert_cmpuint(knowledge.n_groups, <=, WL_KNOWLEDGE_GROUPS);
    }
    /* peers that learn at the same time form one group */
    for (guint slot = 0; slot < 3000; slot++)
        wl_knowledge_learn(&knowledge, slot, WL_SEC(2000));
    g_assert_cmpuint(knowledge.n_groups, ==, 1);
    g_assert_cmpuint(knowledge.groups[0].count, ==, 3000);
    for (guint slot = 0; slot < 3000; slot++)
        assert_known(&knowledge, slot, WL_SEC(2000));
    wl_knowledge_clear(&knowledge);
}

/* ---- fact set */

static gboolean
keep_none(const WlFactEntry *entry, const WlFactSource *origin, gpointer user_data)
{
    return FALSE;
}

static gboolean
keep_all(const WlFactEntry *entry, const WlFactSource *origin, gpointer user_data)
{
    return TRUE;
}

static void
count_gone(WlFactEntry *entry, gpointer user_data)
{
    if (entry->sources->len == 0)
        ++*(guint *) user_data;
}

static WlFactSourceResult
receive_endpoint(WlFactSet *set, guint subject, guint source, guint number, gint64 now,
                 gint64 expires)
{
    WlKey about = key_of(subject), from = key_of(source);
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    endpoint.port = (guint16) (number + 1);
    wl_fact_init_endpoint(&fact, &about, &endpoint, 0);
    return wl_fact_set_add_source(set, &fact, &from, now, expires, &entry, &origin);
}

static void
test_fact_set_merge(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    guint gone = 0;
    WlFactEntry *entry;

    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_NEVER);
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100)), ==, WL_FACT_SOURCE_NEW);
    g_assert_cmpint(receive_endpoint(set, 1, 11, 0, 0, WL_SEC(200)), ==, WL_FACT_SOURCE_NEW);
    g_assert_cmpuint(wl_fact_set_size(set), ==, 1);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 2);
    entry = wl_fact_set_get(set, 0);
    /* third parties are not relayed */
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, 0);
    /* renewal: never shorter, and the deadline follows */
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, WL_SEC(50), WL_SEC(300)), ==,
                    WL_FACT_SOURCE_RENEWED);
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, WL_SEC(50), WL_SEC(60)), ==,
                    WL_FACT_SOURCE_RENEWED);
    g_assert_cmpint(wl_fact_entry_first_expiry(entry), ==, WL_SEC(200));
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_SEC(200));
    g_assert_cmpint(
        receive_endpoint(set, 1, 10, 0, WL_SEC(50) + WL_RETURNED_AFTER + 1, WL_SEC(300)), ==,
        WL_FACT_SOURCE_RETURNED);
    g_assert_true(wl_fact_set_expire(set, WL_SEC(200), FALSE, keep_none, count_gone, &gone));
    g_assert_cmpuint(gone, ==, 0);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 1);
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_SEC(300));
    g_assert_true(wl_fact_set_expire(set, WL_SEC(300), FALSE, keep_none, count_gone, &gone));
    g_assert_cmpuint(gone, ==, 1);
    g_assert_cmpuint(wl_fact_set_size(set), ==, 0);
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_NEVER);
}

/* Also of a fact that is refused and has no effect. */
static void
test_fact_set_has_expired(void)
{
    for (guint refused = 0; refused < 2; refused++) {
        g_autoptr(WlFactSet) set = wl_fact_set_new();
        guint gone = 0;

        receive_endpoint(set, 1, 1, 0, 0, WL_SEC(100));
        wl_fact_set_set_verdict(set,
                                &g_array_index(wl_fact_set_get(set, 0)->sources, WlFactSource, 0),
                                refused ? WL_VERDICT_UNTRUSTED : WL_VERDICT_ACCEPTED);
        wl_fact_set_verdict_changed(set, wl_fact_set_get(set, 0));
        g_assert_cmpint(wl_fact_set_get(set, 0)->idle, ==, refused);
        g_assert_false(wl_fact_set_has_expired(set, WL_SEC(100) - 1));
        g_assert_false(
            wl_fact_set_expire(set, WL_SEC(100) - 1, FALSE, keep_none, count_gone, &gone));
        g_assert_true(wl_fact_set_has_expired(set, WL_SEC(100)));
        g_assert_true(wl_fact_set_expire(set, WL_SEC(100), FALSE, keep_none, count_gone, &gone));
        g_assert_cmpuint(gone, ==, 1);
        g_assert_false(wl_fact_set_has_expired(set, WL_SEC(100)));
    }
}

static void
test_fact_set_stale(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey source = key_of(10);
    guint gone = 0;

    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    g_assert_true(wl_fact_set_expire(set, WL_SEC(100), FALSE, keep_all, count_gone, &gone));
    g_assert_true(wl_fact_set_has_stale(set));
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_NEVER);
    /* kept, but neither relayed nor alive */
    g_assert_cmpint(wl_fact_entry_expires(wl_fact_set_get(set, 0), WL_SEC(101)), ==, 0);
    g_assert_true(wl_fact_entry_accepted(wl_fact_set_get(set, 0), TRUE));
    g_assert_false(wl_fact_entry_accepted(wl_fact_set_get(set, 0), FALSE));
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, WL_SEC(110), WL_SEC(200)), ==,
                    WL_FACT_SOURCE_RETURNED);
    g_assert_false(wl_fact_set_has_stale(set));
    g_assert_cmpint(wl_fact_set_next_expiry(set, WL_SEC(199)), ==, WL_SEC(200));
    g_assert_cmpuint(gone, ==, 0);
    wl_fact_set_drop_source(set, &source, count_gone, &gone);
    g_assert_cmpuint(wl_fact_set_size(set), ==, 0);
    g_assert_cmpuint(gone, ==, 1);
}

static void
test_fact_set_endpoint_bounds(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey subject = key_of(1);

    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(receive_endpoint(set, 1, 10, i, 0, WL_SEC(255)), ==, WL_FACT_SOURCE_NEW);
    /* one datagram does not empty the list ... */
    g_assert_cmpint(receive_endpoint(set, 1, 10, 4, WL_SEC(1), WL_SEC(255)), ==,
                    WL_FACT_SOURCE_REFUSED);
    g_assert_cmpuint(wl_fact_set_about(set, &subject)->len, ==, 4);
    /* ... but a member that moves often is followed */
    receive_endpoint(set, 1, 10, 0, WL_SEC(12), WL_SEC(255));
    g_assert_cmpint(receive_endpoint(set, 1, 10, 4, WL_SEC(12), WL_SEC(255)), ==,
                    WL_FACT_SOURCE_NEW);
    g_assert_cmpuint(wl_fact_set_about(set, &subject)->len, ==, 4);
    for (guint source = 11; source < 14; source++) {
        for (guint i = 0; i < 4; i++)
            g_assert_cmpint(
                receive_endpoint(set, 1, source, 100 * source + i, WL_SEC(12), WL_SEC(255)), ==,
                WL_FACT_SOURCE_NEW);
    }
    g_assert_cmpuint(wl_fact_set_about(set, &subject)->len, ==, 16);
    /* of the source with the most */
    g_assert_cmpint(receive_endpoint(set, 1, 14, 9000, WL_SEC(60), WL_SEC(255)), ==,
                    WL_FACT_SOURCE_NEW);
    /* endpoints that a member advertises itself always find room */
    g_assert_cmpint(receive_endpoint(set, 1, 1, 9001, WL_SEC(60), WL_SEC(255)), ==,
                    WL_FACT_SOURCE_NEW);
    g_assert_cmpuint(wl_fact_set_about(set, &subject)->len, ==, 16);
}

static void
test_fact_set_bounds(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    guint held = 0;

    for (guint source = 10; source < 13; source++) {
        for (guint i = 0; i < WL_MAX_FACTS_OF_SOURCE + 5; i++)
            held += receive_endpoint(set, 100 + i, source, source, 0, WL_SEC(255)) ==
                    WL_FACT_SOURCE_NEW;
    }
    g_assert_cmpuint(held, ==, WL_MAX_FACT_SOURCES);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, WL_MAX_FACT_SOURCES);
    /* held endpoints are still renewed */
    g_assert_cmpint(receive_endpoint(set, 100, 10, 10, WL_SEC(1), WL_SEC(256)), ==,
                    WL_FACT_SOURCE_RENEWED);
    /* a larger profile has room for more */
    wl_fact_set_set_max_sources(set, WL_MAX_FACT_SOURCES + WL_MAX_FACT_SOURCES_OF_PEER);
    for (guint i = 0; i < 100; i++)
        held += receive_endpoint(set, 200 + i, 14, 14, 0, WL_SEC(255)) == WL_FACT_SOURCE_NEW;
    g_assert_cmpuint(held, ==, WL_MAX_FACT_SOURCES + WL_MAX_FACT_SOURCES_OF_PEER);
}

static void
test_fact_set_local(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");
    WlKey subject = key_of(1);
    WlFact fact;

    wl_fact_init_endpoint(&fact, &subject, &endpoint, 0);
    wl_fact_set_local_begin(set);
    wl_fact_set_local_add(set, &fact, 0);
    g_assert_true(wl_fact_set_local_end(set, &subject, 0));
    wl_fact_set_local_begin(set);
    wl_fact_set_local_add(set, &fact, 0);
    g_assert_false(wl_fact_set_local_end(set, &subject, 0));
    g_assert_cmpint(wl_fact_entry_expires(wl_fact_set_get(set, 0), WL_SEC(7)), ==,
                    WL_SEC(7) + WL_FACT_TTL);
    /* an endpoint that this member no longer originates is dropped, even if it was received as well
     * (docs/protocol.md 5.3.5) */
    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    wl_fact_set_local_begin(set);
    g_assert_true(wl_fact_set_local_end(set, &subject, 0));
    g_assert_cmpuint(wl_fact_set_size(set), ==, 0);
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 0);
}

/* Relaying facts that this machine refuses for itself. */
static void
test_fact_entry_relayed(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlFactEntry *entry;

    receive_endpoint(set, 1, 1, 0, 0, WL_SEC(100));
    entry = wl_fact_set_get(set, 0);
    for (WlVerdict verdict = 0; verdict < WL_VERDICT_N; verdict++) {
        gboolean relayed = verdict == WL_VERDICT_ACCEPTED || verdict == WL_VERDICT_ON_LINK ||
                           verdict == WL_VERDICT_HAS_SERVER || verdict == WL_VERDICT_IN_NETWORKS;

        wl_fact_set_set_verdict(set, &g_array_index(entry->sources, WlFactSource, 0), verdict);
        g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, relayed ? WL_SEC(100) : 0);
        g_assert_cmpint(wl_fact_entry_accepted(entry, FALSE), ==, verdict == WL_VERDICT_ACCEPTED);
        g_assert_cmpuint(wl_fact_set_count_untrusted(set), ==, wl_verdict_is_untrusted(verdict));
    }
}

/* An endpoint is relayed from its subject alone, and nothing for longer than a FactTTL. */
static void
test_fact_entry_first_hand(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlPrefix prefix = harness_prefix("10.77.9.0/24");
    WlKey subject = key_of(1), source = key_of(10);
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    entry = wl_fact_set_get(set, 0);
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, 0);
    g_assert_false(wl_fact_entry_outlives(entry, 0));
    receive_endpoint(set, 1, 1, 0, 0, WL_SEC(50));
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, WL_SEC(50));
    receive_endpoint(set, 1, 1, 0, 0, WL_SEC(3600));
    g_assert_cmpint(wl_fact_entry_expires(entry, WL_SEC(1)), ==, WL_SEC(256));
    g_assert_true(wl_fact_entry_outlives(entry, WL_SEC(256)));
    g_assert_false(wl_fact_entry_outlives(entry, WL_SEC(3600)));

    wl_fact_init_allowed(&fact, &subject, &prefix, 0);
    wl_fact_set_add_source(set, &fact, &source, 0, WL_SEC(3600), &entry, &origin);
    g_assert_cmpint(wl_fact_entry_expires(entry, WL_SEC(3500)), ==, WL_SEC(3600));
    g_assert_cmpint(wl_fact_entry_expires(entry, 0), ==, WL_FACT_TTL);
}

/* Words of routers and refused ones: which endpoint makes room. */
static WlEndpointWeight
weigh(const WlFact *fact, const WlKey *source, gpointer user_data)
{
    WlKey router = key_of(20), stranger = key_of(30);

    if (wl_key_equal(source, &router))
        return WL_ENDPOINT_WEIGHT_ROUTER;
    return wl_key_equal(source, &stranger) ? WL_ENDPOINT_WEIGHT_NONE
                                           : WL_ENDPOINT_WEIGHT_THIRD_PARTY;
}

static void
test_fact_set_endpoint_weights(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey subject = key_of(1), router = key_of(20);
    guint of_router = 0;

    wl_fact_set_set_endpoint_weights(set, weigh, NULL);
    for (guint i = 0; i < 16; i++)
        receive_endpoint(set, 1, 10 + i / 4, i, 0, WL_SEC(255));
    g_assert_cmpint(receive_endpoint(set, 1, 14, 100, 0, WL_SEC(255)), ==, WL_FACT_SOURCE_REFUSED);
    /* a router is heard, at once and among any number of third parties; none of these displaces it
     */
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(receive_endpoint(set, 1, 20, 200 + i, 0, WL_SEC(255)), ==,
                        WL_FACT_SOURCE_NEW);
    for (guint i = 0; i < 16; i++)
        receive_endpoint(set, 1, 10 + i / 4, 300 + i, WL_SEC(100), WL_SEC(355));
    for (guint i = 0; i < wl_fact_set_size(set); i++)
        of_router += wl_fact_entry_find_source(wl_fact_set_get(set, i), &router) != NULL;
    g_assert_cmpuint(of_router, ==, 4);
    g_assert_cmpuint(wl_fact_set_about(set, &subject)->len, ==, 16);
    /* what has no effect makes room, but not for its like */
    wl_fact_set_set_verdict(set, &g_array_index(wl_fact_set_get(set, 0)->sources, WlFactSource, 0),
                            WL_VERDICT_UNTRUSTED);
    g_assert_cmpint(receive_endpoint(set, 1, 30, 400, WL_SEC(200), WL_SEC(355)), ==,
                    WL_FACT_SOURCE_REFUSED);
    g_assert_cmpint(receive_endpoint(set, 1, 15, 401, WL_SEC(200), WL_SEC(355)), ==,
                    WL_FACT_SOURCE_NEW);
}

/* The places of one subject: sources fill them, others come later. */
#define SUBJECT 1
#define ROUTER  20
#define ENDS    0

typedef struct {
    const char *name;
    struct {
        guint source, n; /* each with this many endpoints, unless the limit is less */
        guint sources;   /* from @source on; 0: one */
        guint after;     /* seconds since the previous line */
        gboolean moves;  /* every 10 s until then each of its endpoints gives way to another */
    } words[5];
    guint source, expect; /* how many places it has at the end */
} Places;

/* clang-format off */
static const Places places[] = {
    {"one source has four", {{30, 9}}, 30, 4},
    {"four third parties fill all", {{30, 4, 4}}, 33, 4},
    {"a fifth gets places after 10 s", {{30, 4, 4}, {40, 4, .after = 11}}, 40, 3},
    {"not before", {{30, 4, 4}, {40, 4, .after = 9}}, 40, 0},
    {"though the others move", {{30, 4, 4, .moves = TRUE}, {40, 1, .after = 101}}, 40, 1},
    {"each of sixteen has one", {{30, 1, 16}}, 45, 1},
    {"a seventeenth gets one", {{30, 1, 16}, {50, 1, .after = 11}}, 50, 1},
    {"one that lost it gets it back", {{30, 1, 16}, {50, 1, .after = 11}, {30, 1, .after = 40}}, 30, 1},
    {"not sooner", {{30, 1, 16}, {50, 1, .after = 11}, {30, 1, .after = 30}}, 30, 0},
    {"a seventeenth though the others move", {{30, 1, 16, .moves = TRUE}, {50, 1, .after = 101}}, 50, 1},
    {"the subject gets four at once", {{30, 4, 4}, {SUBJECT, 4}}, SUBJECT, 4},
    {"a router gets four at once", {{30, 4, 4}, {ROUTER, 4}}, ROUTER, 4},
    {"third parties take none of the subject", {{SUBJECT, 4}, {30, 4, 16, .after = 300}}, SUBJECT, 4},
    {"third parties take none of a router", {{ROUTER, 4}, {30, 4, 16, .after = 300}}, ROUTER, 4},
    {"two routers, the subject and third parties", {{ROUTER, 4, 2}, {30, 4, 16, .after = 9}, {SUBJECT, 4}}, ROUTER, 4},
    {"the subject among five routers", {{ROUTER, 4, 5}, {SUBJECT, 4}}, SUBJECT, 4},
    {"the last router among five", {{ROUTER, 4, 5}}, ROUTER + 4, 3},
    {"the subject takes not the last one of a router", {{ROUTER, 1, 8}, {ROUTER + 8, 1, 2}, {30, 4, 2}, {SUBJECT, 4}}, ROUTER + 3, 1},
};
/* clang-format on */

static WlEndpointWeight
weigh_place(const WlFact *fact, const WlKey *source, gpointer user_data)
{
    for (guint i = ROUTER; i < ROUTER + 10; i++) {
        WlKey router = key_of(i);
        if (wl_key_equal(source, &router))
            return WL_ENDPOINT_WEIGHT_ROUTER;
    }
    return WL_ENDPOINT_WEIGHT_THIRD_PARTY;
}

static void
advertise_all(WlFactSet *set, guint source, guint n, guint sources, guint *number, gint64 now)
{
    for (guint i = 0; i < MAX(sources, 1); i++) {
        for (guint j = 0; j < n; j++)
            receive_endpoint(set, SUBJECT, source + i, ++*number, now, WL_SEC(5000));
    }
}

static void
test_places(gconstpointer data)
{
    const Places *row = data;
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey source = key_of(row->source);
    guint number = 0, moving = 0, held = 0;
    gint64 now = WL_SEC(1000);

    wl_fact_set_set_endpoint_weights(set, weigh_place, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(row->words) && row->words[i].source != ENDS; i++) {
        gint64 then = now + WL_SEC(row->words[i].after);

        for (; moving > 0 && now + WL_SEC(10) < then; now += WL_SEC(10))
            advertise_all(set, row->words[moving - 1].source, row->words[moving - 1].n,
                          row->words[moving - 1].sources, &number, now + WL_SEC(10));
        now = then;
        advertise_all(set, row->words[i].source, row->words[i].n, row->words[i].sources, &number,
                      now);
        moving = row->words[i].moves ? i + 1 : moving;
    }
    for (guint i = 0; i < wl_fact_set_size(set); i++)
        held += wl_fact_entry_find_source(wl_fact_set_get(set, i), &source) != NULL;
    g_assert_cmpuint(wl_fact_set_count_sources(set), <=, WL_MAX_ENDPOINTS);
    g_assert_cmpuint(held, ==, row->expect);
}

/* A fact has several sources, and the endpoint of the second one makes room. */
static void
test_fact_set_second_source(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey other = key_of(11), source = key_of(10);

    for (guint i = 0; i < 4; i++) {
        receive_endpoint(set, 1, 11, i, WL_SEC(i), WL_SEC(255));
        receive_endpoint(set, 1, 10, i, WL_SEC(i), WL_SEC(255));
    }
    g_assert_cmpint(receive_endpoint(set, 1, 10, 4, WL_SEC(14), WL_SEC(255)), ==,
                    WL_FACT_SOURCE_NEW);
    g_assert_nonnull(wl_fact_entry_find_source(wl_fact_set_get(set, 0), &other));
    g_assert_null(wl_fact_entry_find_source(wl_fact_set_get(set, 0), &source));
    g_assert_cmpuint(wl_fact_set_count_sources(set), ==, 8);
}

/* Entries and sources are counted once, regardless of the order in which they are added and
 * removed. */
static void
test_fact_set_indices(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    guint gone = 0;

    for (guint i = 0; i < 2000; i++) {
        gint64 now = WL_SEC(i);
        guint held = 0;

        receive_endpoint(set, (guint) g_rand_int_range(random, 1, 9),
                         (guint) g_rand_int_range(random, 10, 14),
                         (guint) g_rand_int_range(random, 0, 3), now,
                         now + WL_SEC(g_rand_int_range(random, 1, 60)));
        wl_fact_set_expire(set, now, TRUE, i % 3 ? keep_none : keep_all, count_gone, &gone);
        if (i % 50 == 0) {
            WlKey source = key_of((guint) g_rand_int_range(random, 10, 14));
            wl_fact_set_drop_source(set, &source, count_gone, &gone);
        }
        for (guint j = 0; j < wl_fact_set_size(set); j++) {
            WlFactEntry *entry = wl_fact_set_get(set, j);
            const GPtrArray *about = wl_fact_set_about(set, &entry->fact.subject);

            g_assert_cmpuint(entry->index, ==, j);
            g_assert_true(wl_fact_set_lookup(set, &entry->fact) == entry);
            g_assert_true(g_ptr_array_find((GPtrArray *) about, entry, NULL));
            g_assert_cmpuint(entry->sources->len, >, 0);
            g_assert_cmpint(entry->stale_place > 0, ==, wl_fact_entry_has_stale(entry));
            held += entry->sources->len;
        }
        g_assert_cmpuint(wl_fact_set_count_sources(set), ==, held);
    }
    g_assert_cmpuint(gone, >, 100);
}

/* ---- candidates */

static void
test_candidates(void)
{
    static const char *const expected[] = {
        "198.51.100.9:9", /* worked */
        "192.168.1.7:1",  /* on link */
        "203.0.113.5:1",  /* configured */
        "203.0.113.9:1",  /* seen by a router, then the other family */
        "[2001:db8::1]:1", "203.0.113.8:1", "10.1.2.3:1", /* private elsewhere */
        "[fd00::1]:1",
    };
    g_autoptr(GArray) list = wl_candidates_new();
    g_autoptr(GArray) again = wl_candidates_new();
    WlEndpoint endpoint;

#define ADD(text, rank, source, worked)                                                            \
    (endpoint = harness_endpoint(text), wl_candidates_add(list, &endpoint, rank, source, worked))
    ADD("10.1.2.3:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("203.0.113.8:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("[fd00::1]:1", WL_RANK_PRIVATE, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("203.0.113.5:1", WL_RANK_CONFIGURED, WL_CANDIDATE_SOURCE_PROFILE, FALSE);
    ADD("203.0.113.9:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_THIRD_PARTY, FALSE);
    ADD("203.0.113.9:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_ROUTER, FALSE);
    ADD("[2001:db8::1]:1", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("192.168.1.7:1", WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_SELF, FALSE);
    ADD("198.51.100.9:9", WL_RANK_PUBLIC, WL_CANDIDATE_SOURCE_CACHE, TRUE);
#undef ADD
    wl_candidates_sort(list);
    g_assert_cmpuint(list->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *text =
            wl_endpoint_to_string(&g_array_index(list, WlCandidate, i).endpoint);
        g_assert_cmpstr(text, ==, expected[i]);
    }

    g_array_index(list, WlCandidate, 1).last_tried = 77;
    endpoint = harness_endpoint("192.168.1.7:1");
    wl_candidates_add(again, &endpoint, WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_SELF, FALSE);
    g_assert_false(wl_candidates_inherit(again, list));
    g_assert_cmpint(g_array_index(again, WlCandidate, 0).last_tried, ==, 77);
    endpoint = harness_endpoint("192.168.1.8:1");
    wl_candidates_add(again, &endpoint, WL_RANK_ON_LINK, WL_CANDIDATE_SOURCE_SELF, FALSE);
    g_assert_true(wl_candidates_inherit(again, list));
}

/* Families alternate within a class only: among endpoints of one rank that both worked or both did
 * not. */
static void
test_candidates_alternate(void)
{
    static const struct {
        const char *text;
        WlRank rank;
        gboolean worked;
    } added[] = {
        {"203.0.113.1:1", WL_RANK_PUBLIC, TRUE},     {"192.168.1.7:1", WL_RANK_ON_LINK, FALSE},
        {"192.168.1.8:1", WL_RANK_ON_LINK, FALSE},   {"[fd00::7]:1", WL_RANK_ON_LINK, FALSE},
        {"203.0.113.2:1", WL_RANK_PUBLIC, FALSE},    {"[2001:db8::2]:1", WL_RANK_PUBLIC, FALSE},
        {"[2001:db8::3]:1", WL_RANK_PUBLIC, FALSE},  {"203.0.113.3:1", WL_RANK_PUBLIC, FALSE},
        {"[2001:db8::4]:1", WL_RANK_PRIVATE, FALSE}, {"[2001:db8::5]:1", WL_RANK_PRIVATE, FALSE},
        {"203.0.113.4:256", WL_RANK_PRIVATE, FALSE},
    };
    static const char *const expected[] = {
        "203.0.113.1:1",   "192.168.1.7:1",   "[fd00::7]:1",     "192.168.1.8:1",
        "203.0.113.2:1",   "[2001:db8::2]:1", "203.0.113.3:1",   "[2001:db8::3]:1",
        "203.0.113.4:256", "[2001:db8::4]:1", "[2001:db8::5]:1",
    };

    for (guint turn = 0; turn < 2; turn++) {
        g_autoptr(GArray) list = wl_candidates_new();

        for (guint i = 0; i < G_N_ELEMENTS(added); i++) {
            guint n = turn == 0 ? i : G_N_ELEMENTS(added) - 1 - i;
            WlEndpoint endpoint = harness_endpoint(added[n].text);
            wl_candidates_add(list, &endpoint, added[n].rank, WL_CANDIDATE_SOURCE_SELF,
                              added[n].worked);
        }
        wl_candidates_sort(list);
        for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
            g_autofree char *text =
                wl_endpoint_to_string(&g_array_index(list, WlCandidate, i).endpoint);
            g_assert_cmpstr(text, ==, expected[i]);
        }
    }
}

/* A fact is refused if each of its sources has a verdict, and none of these relays it. */
static void
test_fact_entry_refused(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlFactEntry *entry;

    receive_endpoint(set, 1, 10, 0, 0, WL_SEC(100));
    receive_endpoint(set, 1, 11, 0, 0, WL_SEC(100));
    entry = wl_fact_set_get(set, 0);
    for (guint i = 0; i < 2; i++) {
        WlFactSource *one = &g_array_index(entry->sources, WlFactSource, i),
                     *other = &g_array_index(entry->sources, WlFactSource, 1 - i);

        for (WlVerdict verdict = 0; verdict <= WL_VERDICT_N; verdict++) {
            gboolean held = verdict == WL_VERDICT_ACCEPTED || verdict == WL_VERDICT_ON_LINK ||
                            verdict == WL_VERDICT_HAS_SERVER || verdict == WL_VERDICT_IN_NETWORKS;

            one->verdict = verdict;
            other->verdict = WL_VERDICT_UNTRUSTED;
            g_assert_cmpint(wl_fact_verdict_is_relayed(verdict), ==, held);
            g_assert_cmpint(wl_fact_entry_is_refused(entry), ==, !held && verdict != WL_VERDICT_N);
        }
        one->verdict = WL_VERDICT_UNTRUSTED;
    }
    /* a source that ended does not count, and without any a fact is not refused */
    g_array_index(entry->sources, WlFactSource, 1).verdict = WL_VERDICT_ACCEPTED;
    g_array_set_size(entry->sources, 1);
    g_assert_true(wl_fact_entry_is_refused(entry));
    g_array_set_size(entry->sources, 0);
    g_assert_false(wl_fact_entry_is_refused(entry));
}

/* ---- what a fact may do */

static void
policy_init(WlPolicy *policy, WlEngineConfig *config, const char *network)
{
    const char *own[] = {"10.77.0.2/24", "fd77::2/64"};
    const char *allowed[] = {"172.30.0.0/16", "0.0.0.0/0", "128.0.0.0/1", "64.0.0.0/2"};
    WlLocalAddress local = {.ifname = "eth0", .ifindex = 2, .announce = TRUE};
    WlKey hub = key_of(1);
    WlPeerConfig *peer = wl_peer_config_new(&hub);

    config->listen_port = 51820;
    for (guint i = 0; i < G_N_ELEMENTS(own); i++) {
        WlPrefix prefix = harness_prefix(own[i]);
        g_array_append_val(config->addresses, prefix);
    }
    for (guint i = 0; i < G_N_ELEMENTS(allowed); i++) {
        WlPrefix prefix = harness_prefix(allowed[i]);
        g_array_append_val(peer->allowed_ips, prefix);
    }
    g_ptr_array_add(config->peers, peer);
    if (network) {
        WlPrefix prefix = harness_prefix(network);
        g_array_append_val(config->networks, prefix);
    }
    wl_policy_init(policy, config);
    local.address = harness_prefix("10.77.0.99/29");
    local.address = harness_prefix("192.168.1.10/24");
    g_assert_true(wl_policy_set_local(policy, &local, 1));
    g_assert_false(wl_policy_set_local(policy, &local, 1));
}

/* Which endpoints are inside the tunnel. Own addresses 10.77.0.2/24 and fd77::2/64; the uplinks are
 * on 192.168.1.0/24 and 10.0.0.0/8. */
static void
test_policy_inside(void)
{
    static const struct {
        const char *address;
        int route; /* the longest allowed IP that contains it */
        gboolean inside;
    } cases[] = {
        /* our tunnel address, and the subnet of it */
        {"10.77.0.2", -1, TRUE},
        {"fd77::2", -1, TRUE},
        {"10.77.0.1", -1, TRUE},
        {"fd77::1", -1, TRUE},
        /* an allowed IP of a peer */
        {"172.30.1.1", 16, TRUE},
        {"2001:db8:7::1", 64, TRUE},
        {"203.0.113.1", 32, TRUE},
        /* no route: also with 0.0.0.0/0 as allowed IP, which is none of the link */
        {"203.0.113.1", -1, FALSE},
        {"2001:db8::1", -1, FALSE},
        {"172.30.1.1", -1, FALSE},
        /* an attached network is as specific or more */
        {"192.168.1.20", 16, FALSE},
        {"192.168.1.20", 24, FALSE},
        {"10.1.2.3", 8, FALSE},
        /* an attached network is less specific, or another one */
        {"192.168.1.20", 32, TRUE},
        {"10.1.2.3", 16, TRUE},
        {"192.168.2.20", 16, TRUE},
    };
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlLocalAddress local[2] = {{.ifname = "eth0", .ifindex = 2, .uplink = TRUE},
                               {.ifname = "eth1", .ifindex = 3, .uplink = TRUE}};
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    local[0].address = harness_prefix("192.168.1.10/24");
    local[1].address = harness_prefix("10.1.1.1/8");
    wl_policy_set_local(&policy, local, 2);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlIp ip = harness_ip(cases[i].address);
        g_test_message("%s, route of length %d", cases[i].address, cases[i].route);
        g_assert_cmpint(wl_endpoint_policy_is_inside(&policy, cases[i].route, &ip), ==,
                        cases[i].inside);
    }
    wl_policy_clear(&policy);
}

static void
test_policy_endpoints(void)
{
    static const struct {
        const char *text;
        WlVerdict verdict;
    } cases[] = {
        {"192.0.2.1:51820", WL_VERDICT_ACCEPTED},
        {"10.1.1.1:51820", WL_VERDICT_ACCEPTED},
        {"[2001:db8::1]:51820", WL_VERDICT_ACCEPTED},
        {"192.168.1.11:51820", WL_VERDICT_ACCEPTED},
        {"192.0.2.1:0", WL_VERDICT_BAD_ADDRESS},
        {"127.0.0.1:51820", WL_VERDICT_BAD_ADDRESS},
        {"224.0.0.1:51820", WL_VERDICT_BAD_ADDRESS},
        {"255.255.255.255:51820", WL_VERDICT_BAD_ADDRESS},
        {"240.0.0.1:51820", WL_VERDICT_BAD_ADDRESS},
        {"0.1.2.3:51820", WL_VERDICT_BAD_ADDRESS},
        {"169.254.3.4:51820", WL_VERDICT_BAD_ADDRESS},
        {"[fe80::1]:51820", WL_VERDICT_BAD_ADDRESS},
        {"[::1]:51820", WL_VERDICT_BAD_ADDRESS},
        {"[::]:51820", WL_VERDICT_BAD_ADDRESS},
        {"[ff02::1]:51820", WL_VERDICT_BAD_ADDRESS},
        {"10.77.0.2:51820", WL_VERDICT_IN_TUNNEL},
        {"10.77.0.9:51820", WL_VERDICT_IN_TUNNEL},
        {"[fd77::9]:51820", WL_VERDICT_IN_TUNNEL},
        {"172.30.1.1:51820", WL_VERDICT_IN_NETWORKS},
        {"192.168.1.10:51820", WL_VERDICT_OWN_ENDPOINT},
        {"192.168.1.10:51821", WL_VERDICT_ACCEPTED},
    };
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlEndpoint endpoint = harness_endpoint(cases[i].text);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(wl_endpoint_policy_check(&policy, &endpoint), ==, cases[i].verdict);
    }
    wl_policy_clear(&policy);
}

static void
test_policy_prefixes(void)
{
    static const struct {
        const char *text;
        WlVerdict verdict;
    } cases[] = {
        {"10.77.0.9/32", WL_VERDICT_ACCEPTED},   {"10.77.0.0/24", WL_VERDICT_ACCEPTED},
        {"fd77::9/128", WL_VERDICT_ACCEPTED},    {"172.30.4.0/24", WL_VERDICT_ACCEPTED},
        {"100.64.0.0/10", WL_VERDICT_ACCEPTED},  {"200.0.0.0/16", WL_VERDICT_OUTSIDE},
        {"0.0.0.0/0", WL_VERDICT_DEFAULT_ROUTE}, {"128.0.0.0/1", WL_VERDICT_DEFAULT_ROUTE},
        {"::/0", WL_VERDICT_DEFAULT_ROUTE},      {"10.0.0.0/8", WL_VERDICT_OUTSIDE},
        {"192.168.1.11/32", WL_VERDICT_OUTSIDE}, {"10.77.0.2/32", WL_VERDICT_OWN_ADDRESS},
        {"fd77::2/128", WL_VERDICT_OWN_ADDRESS},
    };
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    g_autoptr(WlEngineConfig) wide = wl_engine_config_new();
    WlPrefix lan = harness_prefix("192.168.1.0/25"), elsewhere = harness_prefix("192.168.2.0/24");
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlPrefix prefix = harness_prefix(cases[i].text);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(wl_prefix_policy_check(&policy, &prefix), ==, cases[i].verdict);
    }
    wl_policy_clear(&policy);

    policy_init(&policy, wide, "192.168.0.0/16");
    g_assert_cmpint(wl_prefix_policy_check(&policy, &lan), ==, WL_VERDICT_ON_LINK);
    g_assert_cmpint(wl_prefix_policy_check(&policy, &elsewhere), ==, WL_VERDICT_ACCEPTED);
    wl_policy_clear(&policy);
}

/* ---- small decisions */

static void
test_tie_breaker(void)
{
    WlKey low = key_of(1), high = key_of(2);

    g_assert_true(wl_tie_breaker_goes_first(&low, &high));
    g_assert_false(wl_tie_breaker_goes_first(&high, &low));
    g_assert_cmpint(wl_tie_breaker_head_start(&low, &high, FALSE), ==, 0);
    g_assert_cmpint(wl_tie_breaker_head_start(&high, &low, FALSE), ==, WL_CONNECT_HEAD_START);
    g_assert_cmpint(wl_tie_breaker_head_start(&high, &low, TRUE), ==, 0);
}

static void
test_batch_delay(void)
{
    g_assert_cmpint(wl_batch_delay(0, 20), ==, 0);
    g_assert_cmpint(wl_batch_delay(100, 20), ==, 0);
    g_assert_cmpint(wl_batch_delay(101, 20), ==, 20);
    g_assert_cmpint(wl_batch_delay(5100, 20), ==, WL_MS(100));
}

static void
test_log_limiter(void)
{
    WlLogLimiter limiter = {.suppressed = 0};
    guint suppressed = 9;

    for (guint i = 0; i < 60; i++) {
        g_assert_true(wl_log_limiter_take(&limiter, NULL, WL_SEC(100), &suppressed));
        g_assert_cmpuint(suppressed, ==, 0);
    }
    for (guint i = 0; i < 3; i++)
        g_assert_false(wl_log_limiter_take(&limiter, NULL, WL_SEC(100), &suppressed));
    g_assert_true(wl_log_limiter_take(&limiter, NULL, WL_SEC(102), &suppressed));
    g_assert_cmpuint(suppressed, ==, 3);
    g_assert_false(wl_log_limiter_take(&limiter, NULL, WL_SEC(102), &suppressed));
}

/* Lines about some members do not suppress the first ones about another. */
static void
test_log_limiter_shares(void)
{
    for (guint sources = 1; sources <= 50; sources++) {
        WlFairShare shares[50] = {0}, other = {0};
        WlLogLimiter limiter = {.suppressed = 0};
        guint suppressed, n = 0;
        gint64 now;

        for (now = WL_SEC(100); now < WL_SEC(400); now += WL_SEC(1)) {
            for (guint i = 0; i < sources; i++)
                n += wl_log_limiter_take(&limiter, &shares[i], now, &suppressed);
        }
        g_assert_cmpuint(n, <=, 60 + 150);
        g_assert_true(wl_log_limiter_take(&limiter, &other, now, &suppressed));
        g_assert_true(wl_log_limiter_take(&limiter, NULL, now, &suppressed) || sources > 25);
    }
}

/* ---- sending level (docs/protocol.md 5.6) */

static void
test_level(void)
{
    WlSubscriptionInput question = {.configured_trust = WL_TRUST_UNSET};

    /* 1: no endpoint, regardless of other properties */
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_NOTHING);
    question.is_router = question.fact_exchanger = question.self_router = TRUE;
    question.configured_trust = WL_TRUST_DELEGATE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_NOTHING);
    question = (WlSubscriptionInput){.has_endpoint = TRUE, .configured_trust = WL_TRUST_UNSET};
    /* 4: quiet leaf */
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    question.configured_trust = WL_TRUST_ENDPOINT;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    /* 2: trusted enough */
    question.configured_trust = WL_TRUST_ALLOWED_IPS;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
    question.configured_trust = WL_TRUST_UNSET;
    /* 2: a router */
    question.is_router = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
    question.is_router = FALSE;
    /* 3: exchanger */
    question.fact_exchanger = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
    question.fact_exchanger = FALSE;
    /* 5, 6: chatty or router, by the peer's health */
    for (guint i = 0; i < 2; i++) {
        question.self_chatty = i == 0;
        question.self_router = i == 1;
        question.healthy = TRUE;
        g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_FACTS);
        question.healthy = FALSE;
        g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
    }
    question.self_chatty = question.self_router = FALSE;
    question.healthy = TRUE;
    g_assert_cmpint(wl_subscription_level(&question), ==, WL_SUBSCRIPTION_ALIVE);
}

static void
test_bucket(void)
{
    WlRateLimit bucket = {0};

    for (guint i = 0; i < 3; i++)
        g_assert_true(wl_rate_limit_take(&bucket, WL_SEC(100), WL_SEC(1), 3));
    g_assert_false(wl_rate_limit_take(&bucket, WL_SEC(100), WL_SEC(1), 3));
    g_assert_cmpint(wl_rate_limit_when(&bucket, WL_SEC(100), WL_SEC(1), 3), ==, WL_SEC(101));
    g_assert_true(wl_rate_limit_take(&bucket, WL_SEC(101), WL_SEC(1), 3));
    g_assert_false(wl_rate_limit_take(&bucket, WL_SEC(101), WL_SEC(1), 3));
    for (guint i = 0; i < 3; i++)
        g_assert_true(wl_rate_limit_take(&bucket, WL_SEC(200), WL_SEC(1), 3));
}

static void
fill(gpointer user_data, guint8 *buffer, gsize length)
{
    memset(buffer, GPOINTER_TO_INT(user_data), length);
}

static void
test_boot_id(void)
{
    static const guint8 low[] = {'W', 'L', 'N', 'M', 1, 0, 0x80, 0, 0x80};
    WlBootId id;

    wl_boot_id_generate(&id, fill, GINT_TO_POINTER(0));
    g_assert_cmpmem(id.bytes, sizeof(low), low, sizeof(low));
    g_assert_true(wl_boot_id_is_native(&id));
    wl_boot_id_generate(&id, fill, GINT_TO_POINTER(0xff));
    g_assert_cmphex(id.bytes[6], ==, 0x8f);
    g_assert_cmphex(id.bytes[8], ==, 0xbf);
    g_assert_true(wl_boot_id_is_native(&id));
    id.bytes[6] = 0x4f; /* a random UUID of a Go daemon */
    g_assert_false(wl_boot_id_is_native(&id));
}

/* ---- change log ---------------------------------------------------------------------------- */

static void
assert_changes(const WlChangeLog *news, guint64 since, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint cursor;

    for (const char *name = wl_change_log_first(news, since, &cursor); name;
         name = wl_change_log_next(news, &cursor))
        g_string_append(text, name);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_change_log(void)
{
    WlChangeLog *news = wl_change_log_new();
    WlChangeLogItem a = {.owner = (gpointer) "a"}, b = {.owner = (gpointer) "b"},
                    c = {.owner = (gpointer) "c"};
    guint64 told;

    assert_changes(news, 0, "");
    wl_change_log_push(news, &a);
    wl_change_log_push(news, &b);
    wl_change_log_push(news, &c);
    assert_changes(news, 0, "abc");
    assert_changes(news, a.number, "bc");
    assert_changes(news, wl_change_log_last(news), "");

    /* a subscriber that has seen b continues after the former place of b */
    told = b.number;
    wl_change_log_push(news, &b);
    assert_changes(news, 0, "acb");
    assert_changes(news, told, "cb");
    wl_change_log_remove(news, &c);
    g_assert_cmpuint(c.number, ==, 0);
    wl_change_log_remove(news, &c);
    assert_changes(news, told, "b");

    /* even after holes of many changes were closed */
    told = wl_change_log_last(news);
    for (guint i = 0; i < 1000; i++)
        wl_change_log_push(news, i % 2 ? &a : &c);
    assert_changes(news, 0, "bca");
    assert_changes(news, told, "ca");
    assert_changes(news, c.number, "a");
    g_assert_cmpuint(wl_change_log_last(news), ==, told + 1000);
    wl_change_log_remove(news, &a);
    wl_change_log_remove(news, &b);
    wl_change_log_remove(news, &c);
    assert_changes(news, 0, "");
    wl_change_log_free(news);
}

static void
test_prefix_set(void)
{
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    WlPrefix net = harness_prefix("10.9.1.0/24"), other = harness_prefix("10.9.2.0/24");

    g_assert_true(wl_prefix_set_add(set, &net));
    g_assert_false(wl_prefix_set_add(set, &net));
    g_assert_false(wl_prefix_set_remove(set, &other));
    g_assert_true(wl_prefix_set_remove(set, &net));
    g_assert_false(wl_prefix_set_remove(set, &net));
    g_assert_cmpuint(set->len, ==, 0);
}

/* The last of a set that remains, and the first of an empty one. */
static void
test_prefix_set_removed(void)
{
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    WlPrefix one = harness_prefix("10.9.1.0/24"), two = harness_prefix("10.9.2.0/24");

    wl_prefix_set_add(set, &one);
    wl_prefix_set_add(set, &two);
    g_assert_true(wl_prefix_set_remove(set, &two));
    g_assert_true(wl_prefix_set_outermost_covers(set, &one));
    g_assert_false(wl_prefix_set_outermost_covers(set, &two));
    g_assert_false(wl_prefix_set_contains(set, &two));
    g_assert_true(wl_prefix_set_remove(set, &one));
    g_assert_false(wl_prefix_set_outermost_covers(set, &one));
    g_assert_false(wl_prefix_set_contains(set, &one));
}

/* A set is sorted, whatever the order in which its members come and go. */
static void
test_prefix_set_order(void)
{
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    g_autoptr(GArray) same = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    g_autoptr(GRand) random = g_rand_new_with_seed(11);
    gboolean held[40] = {FALSE};

    for (guint i = 0; i < 2000; i++) {
        guint number = (guint) g_rand_int_range(random, 0, G_N_ELEMENTS(held)), n = 0;
        g_autofree char *text = g_strdup_printf("10.9.%u.0/24", number);
        WlPrefix prefix = harness_prefix(text);

        g_assert_cmpint(wl_prefix_set_contains(set, &prefix), ==, held[number]);
        if (g_rand_boolean(random)) {
            g_assert_cmpint(wl_prefix_set_add(set, &prefix), ==, !held[number]);
            held[number] = TRUE;
        } else {
            g_assert_cmpint(wl_prefix_set_remove(set, &prefix), ==, held[number]);
            held[number] = FALSE;
        }
        for (guint j = 0; j < G_N_ELEMENTS(held); j++) {
            if (!held[j])
                continue;
            g_assert_cmpuint(n, <, set->len);
            g_assert_cmpuint(g_array_index(set, WlPrefix, n++).ip.bytes[2], ==, j);
        }
        g_assert_cmpuint(n, ==, set->len);
        g_array_set_size(same, 0);
        g_array_append_vals(same, set->data, set->len);
        g_assert_true(wl_prefix_set_equal(set, same));
        if (same->len > 0) {
            g_array_index(same, WlPrefix, same->len - 1).length--;
            g_assert_false(wl_prefix_set_equal(set, same));
            g_array_set_size(same, same->len - 1);
            g_assert_false(wl_prefix_set_equal(set, same));
        }
    }
}

/* Of nested prefixes the outermost stay. */
static void
test_prefix_set_outermost(void)
{
    static const char *const texts[] = {"10.9.1.0/24", "10.9.0.0/16",  "10.9.1.0/24",
                                        "fd00::/64",   "10.10.0.0/16", "10.9.255.255/32",
                                        "fd00::1/128"};
    static const char *const outermost[] = {"10.9.0.0/16", "10.10.0.0/16", "fd00::/64"};
    g_autoptr(GArray) set = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    WlPrefix prefix;

    wl_prefix_set_make_outermost(set);
    g_assert_cmpuint(set->len, ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        prefix = harness_prefix(texts[i]);
        g_array_append_val(set, prefix);
    }
    wl_prefix_set_make_outermost(set);
    g_assert_cmpuint(set->len, ==, G_N_ELEMENTS(outermost));
    for (guint i = 0; i < set->len; i++) {
        prefix = harness_prefix(outermost[i]);
        g_assert_true(wl_prefix_equal(&g_array_index(set, WlPrefix, i), &prefix));
        g_assert_true(wl_prefix_set_outermost_covers(set, &prefix));
    }
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        prefix = harness_prefix(texts[i]);
        g_assert_true(wl_prefix_set_outermost_covers(set, &prefix));
    }
    prefix = harness_prefix("10.8.0.0/15");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
    prefix = harness_prefix("10.11.0.0/16");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
    prefix = harness_prefix("1.0.0.0/8");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
    prefix = harness_prefix("fd01::/64");
    g_assert_false(wl_prefix_set_outermost_covers(set, &prefix));
}

/* Entries leave the queue from any place of its heap; the others stay in order. */
static void
test_timer_queue(void)
{
    g_autoptr(WlTimerQueue) queue = wl_timer_queue_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(3);

    for (guint round = 0; round < 500; round++) {
        WlTimerEntry entries[50] = {{0}};
        gint64 last = 0;

        for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
            entries[i].owner = &entries[i];
            wl_timer_queue_set(queue, &entries[i], g_rand_int_range(random, 1, 1000));
        }
        for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
            if (g_rand_boolean(random))
                wl_timer_queue_set(queue, &entries[i], G_MAXINT64);
        }
        while (wl_timer_queue_first(queue) != G_MAXINT64) {
            WlTimerEntry *first = wl_timer_queue_due(queue, G_MAXINT64 - 1);

            g_assert_cmpint(first->when, >=, last);
            last = first->when;
            wl_timer_queue_set(queue, first, G_MAXINT64);
        }
    }
}

/* The order of the servers makes no difference. */
static void
test_policy_servers(void)
{
    const WlIp none = {0}, one = harness_ip("192.168.1.1"), other = harness_ip("192.168.1.2");
    const WlIp servers[] = {one, other, none}, turned[] = {other, one}, third = harness_ip("::1");
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    policy_init(&policy, config, NULL);
    g_assert_false(wl_policy_set_servers(&policy, NULL, 0));
    g_assert_true(wl_policy_set_servers(&policy, servers, 3));
    g_assert_false(wl_policy_set_servers(&policy, servers, 3));
    g_assert_false(wl_policy_set_servers(&policy, turned, 2));
    g_assert_true(wl_policy_set_servers(&policy, turned, 1));
    g_assert_true(wl_policy_set_servers(&policy, &third, 1));
    g_assert_true(wl_policy_set_servers(&policy, NULL, 0));
    g_assert_false(wl_policy_set_servers(&policy, NULL, 0));
    wl_policy_clear(&policy);
}

/* Every field of a local address counts, and the order of the addresses does not. */
static void
test_policy_local(void)
{
    WlLocalAddress addresses[2] = {{.ifname = "eth0", .ifindex = 2, .announce = TRUE},
                                   {.ifname = "eth1", .ifindex = 3, .announce = TRUE}};
    WlLocalAddress turned[2];
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    WlPolicy policy;

    addresses[0].address = harness_prefix("192.168.1.10/24");
    addresses[1].address = harness_prefix("192.168.2.10/24");
    turned[0] = addresses[1];
    turned[1] = addresses[0];
    policy_init(&policy, config, NULL);
    g_assert_true(wl_policy_set_local(&policy, addresses, 2));
    g_assert_false(wl_policy_set_local(&policy, turned, 2));
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].announce = FALSE;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    g_assert_false(wl_policy_has_uplink(&policy, WL_FAMILY_V4));
    addresses[0].ifindex++;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].ifname[3]++;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].address = harness_prefix("192.168.1.10/25");
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    g_assert_false(wl_policy_set_local(&policy, addresses, 1));
    addresses[0].announce = TRUE;
    g_assert_true(wl_policy_set_local(&policy, addresses, 1));
    g_assert_true(wl_policy_has_uplink(&policy, WL_FAMILY_V4));
    g_assert_false(wl_policy_has_uplink(&policy, WL_FAMILY_V6));
    g_assert_true(wl_policy_set_local(&policy, NULL, 0));
    g_assert_false(wl_policy_has_uplink(&policy, WL_FAMILY_V4));
    wl_policy_clear(&policy);
}

/* Each interface has its network; one of a single address has none. */
static void
test_policy_on_link(void)
{
    WlLocalAddress local[3] = {{.ifname = "eth0", .ifindex = 2, .announce = TRUE},
                               {.ifname = "docker0", .ifindex = 3},
                               {.ifname = "ppp0", .ifindex = 4, .announce = TRUE}};
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    const WlIp inside = harness_ip("192.168.1.255"), outside = harness_ip("192.168.2.0"),
               bridge = harness_ip("172.17.0.9"), own = harness_ip("198.51.100.1");
    WlPolicy policy;

    local[0].address = harness_prefix("192.168.1.10/24");
    local[1].address = harness_prefix("172.17.0.1/16");
    local[2].address = harness_prefix("198.51.100.1/32");
    policy_init(&policy, config, NULL);
    g_assert_true(wl_policy_set_local(&policy, local, 3));
    g_assert_true(wl_policy_is_on_link(&policy, &inside));
    g_assert_false(wl_policy_is_on_link(&policy, &outside));
    g_assert_false(wl_policy_is_on_link(&policy, &bridge));
    g_assert_false(wl_policy_is_on_link(&policy, &own));
    wl_policy_clear(&policy);
}

static void
test_policy_private(void)
{
    static const struct {
        const char *text;
        gboolean is_private;
    } cases[] = {
        {"10.1.2.3", TRUE},     {"172.16.0.1", TRUE},    {"172.31.255.1", TRUE},
        {"172.32.0.1", FALSE},  {"192.168.1.1", TRUE},   {"192.169.1.1", FALSE},
        {"100.64.0.1", TRUE},   {"100.127.255.1", TRUE}, {"100.128.0.1", FALSE},
        {"203.0.113.1", FALSE}, {"fc00::1", TRUE},       {"fd12:3456::1", TRUE},
        {"fe00::1", FALSE},     {"2001:db8::1", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlIp ip = harness_ip(cases[i].text);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(wl_endpoint_policy_is_private(&ip), ==, cases[i].is_private);
    }
}

/* A displaced endpoint is refused for a while, but only from the source whose fact it was. */
static void
test_fact_set_displaced(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    gint64 later = WL_SEC(12);

    for (guint i = 0; i < 4; i++)
        receive_endpoint(set, 1, 10, i, WL_SEC(i), WL_SEC(255));
    g_assert_cmpint(receive_endpoint(set, 1, 10, 4, later, WL_SEC(255)), ==, WL_FACT_SOURCE_NEW);
    for (guint i = 0; i < 4; i++)
        receive_endpoint(set, 1, 11, 100 + i, WL_SEC(i), WL_SEC(255));
    g_assert_cmpint(receive_endpoint(set, 1, 10, 0, later, WL_SEC(255)), ==,
                    WL_FACT_SOURCE_REFUSED);
    g_assert_cmpint(receive_endpoint(set, 1, 11, 0, later, WL_SEC(255)), ==, WL_FACT_SOURCE_NEW);
}

static void
test_jitter(void)
{
    WlEngine engine = {.random = {.func = fill}};

    g_assert_cmpint(wl_engine_jitter(&engine, WL_SEC(1000)), ==, WL_SEC(900));
    engine.random.data = GINT_TO_POINTER(0xff);
    g_assert_cmpint(wl_engine_jitter(&engine, WL_SEC(1000)), ==, WL_SEC(1100));
    engine.random.data = GINT_TO_POINTER(0x80);
    g_assert_cmpint(wl_engine_jitter(&engine, WL_SEC(1000)), ==,
                    WL_SEC(900) + WL_SEC(200) * 0x8080 / 0xffff);
}

/* A peer is ready as long as its Alive lasts for half a chunk period; a basic peer says none. */
static void
test_ready(void)
{
    WlPeer peer = {.liveness = {.alive_until = WL_SEC(100) + WL_READY_LEFT}};

    g_assert_false(wl_peer_is_ready(&peer, WL_SEC(100)));
    g_assert_true(wl_peer_is_ready(&peer, WL_SEC(100) - 1));
    peer.basic = TRUE;
    g_assert_true(wl_peer_is_ready(&peer, WL_SEC(1000)));
}

/* Nothing has happened to a new peer, and no step of it has asked for a time. */
static void
test_new_peer(void)
{
    const WlKey key = key_of(3);
    WlPeer *peer = wl_peer_new(&key, NULL, 7);
    const WlPathAgreement *path = &peer->path.agreement;
    const WlEcho *echo = &peer->path.echo;
    const gint64 *never[] = {
        &path->announce_due,    &path->watched_since,   &peer->liveness.alive_since,
        &peer->resync.due,      &peer->outer.check,     &peer->roaming.retry,
        &peer->connect.due,     &peer->connect.poll[0], &peer->connect.poll[1],
        &peer->connect.poll[2],
    };
    const gint64 *long_ago[] = {
        &peer->path.fell_back,
        &peer->path.promoted,
        &path->last_probe,
        &path->last_ack,
        &path->check_until,
        &path->watched_until,
        &path->probe_due,
        &path->routed_since,
        &echo->sent,
        &echo->last_reply,
        &echo->session_since,
        &echo->suspected_since,
        &peer->device.snapshot,
        &peer->device.rx_time,
        &peer->reconcile.retry,
        &peer->traffic.rx_seen,
        &peer->traffic.flow_until,
        &peer->liveness.last_heard,
        &peer->resync.last,
        &peer->endpoints.refused_logged,
        &peer->advertise.alive_sent,
        &peer->advertise.alive_sent_before,
        &peer->advertise.facts_sent,
        &peer->advertise.retry,
        &peer->outer.since,
        &peer->outer.restored,
        &peer->outer.next,
        &peer->outer.log_next,
        &peer->connect.tried,
        &peer->connect.off_link_tried,
        &peer->connect.demanded,
    };

    for (guint i = 0; i < WL_STEP_N; i++)
        g_assert_cmpint(peer->turn.wake_at[i], ==, WL_NEVER);
    g_assert_true(peer->dirty.candidates && peer->dirty.local_facts && peer->dirty.name);
    g_assert_true(path->acked);
    g_assert_cmpint(peer->membership.trust, ==, WL_TRUST_UNSET);
    g_assert_cmpint(peer->device.handshake, ==, -1);
    g_assert_cmpint(peer->liveness.last_alive, ==, -1);
    g_assert_cmpint(peer->connect.phase, ==, WL_CONNECT_IDLE);
    g_assert_cmpint(peer->connect.backoff, ==, WL_BACKOFF_FIRST);
    g_assert_true(peer->turn.timer.owner == peer && peer->subscription.alive_due.owner == peer);
    for (guint i = 0; i < G_N_ELEMENTS(never); i++)
        g_assert_cmpint(*never[i], ==, WL_NEVER);
    for (guint i = 0; i < G_N_ELEMENTS(long_ago); i++)
        g_assert_cmpint(*long_ago[i], ==, WL_LONG_AGO);
    g_assert_cmpuint(peer->slot, ==, 7);
    wl_peer_free(peer);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/knowledge", test_knowledge);
    g_test_add_func("/knowledge-of-many", test_knowledge_of_many);
    g_test_add_func("/fact-set/merge", test_fact_set_merge);
    g_test_add_func("/fact-set/a fact expires in time", test_fact_set_has_expired);
    g_test_add_func("/fact-set/stale", test_fact_set_stale);
    g_test_add_func("/fact-set/endpoint-bounds", test_fact_set_endpoint_bounds);
    g_test_add_func("/fact-set/bounds", test_fact_set_bounds);
    g_test_add_func("/fact-set/local", test_fact_set_local);
    g_test_add_func("/fact-set/relayed", test_fact_entry_relayed);
    g_test_add_func("/fact-set/first-hand", test_fact_entry_first_hand);
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *name = g_strdup_printf("/fact-set/places/%s", places[i].name);
        g_test_add_data_func(name, &places[i], test_places);
    }
    g_test_add_func("/fact-set/endpoint-weights", test_fact_set_endpoint_weights);
    g_test_add_func("/fact-set/the second source of a fact makes room",
                    test_fact_set_second_source);
    g_test_add_func("/fact-set/indices", test_fact_set_indices);
    g_test_add_func("/fact-set/refused", test_fact_entry_refused);
    g_test_add_func("/candidates", test_candidates);
    g_test_add_func("/candidates/families-alternate-within-a-class", test_candidates_alternate);
    g_test_add_func("/policy/inside", test_policy_inside);
    g_test_add_func("/policy/endpoints", test_policy_endpoints);
    g_test_add_func("/policy/prefixes", test_policy_prefixes);
    g_test_add_func("/tie-breaker", test_tie_breaker);
    g_test_add_func("/batch-delay", test_batch_delay);
    g_test_add_func("/log-limiter", test_log_limiter);
    g_test_add_func("/log-limiter/shares", test_log_limiter_shares);
    g_test_add_func("/sender/level", test_level);
    g_test_add_func("/bucket", test_bucket);
    g_test_add_func("/boot-id", test_boot_id);
    g_test_add_func("/change-log/order", test_change_log);
    g_test_add_func("/prefix-set/remove", test_prefix_set);
    g_test_add_func("/prefix-set/a removed prefix is not covered", test_prefix_set_removed);
    g_test_add_func("/prefix-set/order", test_prefix_set_order);
    g_test_add_func("/prefix-set/outermost", test_prefix_set_outermost);
    g_test_add_func("/timer-queue/any-order", test_timer_queue);
    g_test_add_func("/policy/servers", test_policy_servers);
    g_test_add_func("/policy/local-addresses", test_policy_local);
    g_test_add_func("/policy/on-link", test_policy_on_link);
    g_test_add_func("/policy/private-addresses", test_policy_private);
    g_test_add_func("/fact-set/displaced-endpoint", test_fact_set_displaced);
    g_test_add_func("/jitter", test_jitter);
    g_test_add_func("/peer/ready", test_ready);
    g_test_add_func("/peer/new", test_new_peer);
    return g_test_run();
}
