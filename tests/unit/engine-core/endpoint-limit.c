/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bounded number of endpoints of a member: which one makes room. */
#include <string.h>

#include "harness.h"
#include "state/wl-engine-state.h"

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    key.bytes[31] = 1;
    return key;
}

static WlFactSourceResult
receive(WlFactSet *set, guint subject, guint source, const WlEndpoint *endpoint, gint64 now,
        gint64 expires)
{
    WlKey about = key_of(subject), from = key_of(source);
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    wl_fact_init_endpoint(&fact, &about, endpoint, 0);
    return wl_fact_set_add_source(set, &fact, &from, now, expires, &entry, &origin);
}

static WlFactSourceResult
receive_endpoint(WlFactSet *set, guint subject, guint source, guint number, gint64 now,
                 gint64 expires)
{
    WlEndpoint endpoint = harness_endpoint("192.0.2.1:1");

    endpoint.port = (guint16) (number + 1);
    return receive(set, subject, source, &endpoint, now, expires);
}

static void
receive_allowed(WlFactSet *set, guint subject, guint source, gint64 now)
{
    WlKey about = key_of(subject), from = key_of(source);
    WlPrefix prefix = harness_prefix("192.0.2.1/32");
    WlFactEntry *entry;
    WlFactSource *origin;
    WlFact fact;

    wl_fact_init_allowed(&fact, &about, &prefix, 0);
    wl_fact_set_add_source(set, &fact, &from, now, WL_SEC(9000), &entry, &origin);
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
    {"not the oldest but one with the most makes room", {{30, 2}, {31, 4, 3}, {34, 2}, {50, 1, .after = 11}}, 30, 2},
    {"likewise for the subject", {{30, 2}, {31, 4, 3}, {34, 2}, {SUBJECT, 1}}, 30, 2},
    {"one with one takes none of one with two", {{30, 2}, {31, 1, 14}, {31, 1, .after = 11}}, 31, 1},
    {"one with one takes one of one with three", {{30, 3}, {31, 1, 13}, {31, 1, .after = 11}}, 31, 2},
    {"the subject takes the only one of a third party", {{30, 1, 16}, {SUBJECT, 1}}, SUBJECT, 1},
    {"a router takes the only one of a third party", {{30, 1, 16}, {ROUTER, 1}}, ROUTER, 1},
    {"the subject takes one of two of a router", {{ROUTER, 2, 8}, {SUBJECT, 4}}, SUBJECT, 4},
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

/* With @others each source also advertises an allowed IP, with the address of the endpoints. */
static void
advertise_all(WlFactSet *set, guint source, guint n, guint sources, guint *number, gint64 now,
              gboolean others)
{
    for (guint i = 0; i < MAX(sources, 1); i++) {
        for (guint j = 0; j < n; j++)
            receive_endpoint(set, SUBJECT, source + i, ++*number, now, WL_SEC(5000));
        if (others)
            receive_allowed(set, SUBJECT, source + i, now);
    }
}

static guint
count_endpoints(const WlFactSet *set, const WlKey *source)
{
    guint n = 0;

    for (guint i = 0; i < wl_fact_set_size(set); i++) {
        WlFactEntry *entry = wl_fact_set_get(set, i);

        if (wl_fact_is_endpoint(&entry->fact))
            n += source ? wl_fact_entry_find_source(entry, source) != NULL : entry->sources->len;
    }
    return n;
}

static void
fill_places(const Places *row, gboolean others)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey source = key_of(row->source);
    guint number = 0, moving = 0;
    gint64 now = WL_SEC(1000);

    wl_fact_set_set_endpoint_weights(set, weigh_place, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(row->words) && row->words[i].source != ENDS; i++) {
        gint64 then = now + WL_SEC(row->words[i].after);

        for (; moving > 0 && now + WL_SEC(10) < then; now += WL_SEC(10))
            advertise_all(set, row->words[moving - 1].source, row->words[moving - 1].n,
                          row->words[moving - 1].sources, &number, now + WL_SEC(10), others);
        now = then;
        advertise_all(set, row->words[i].source, row->words[i].n, row->words[i].sources, &number,
                      now, others);
        moving = row->words[i].moves ? i + 1 : moving;
    }
    g_assert_cmpuint(count_endpoints(set, NULL), <=, WL_MAX_ENDPOINTS);
    g_assert_cmpuint(count_endpoints(set, &source), ==, row->expect);
}

static void
test_places(gconstpointer data)
{
    fill_places(data, FALSE);
    fill_places(data, TRUE);
}

/* ---- one endpoint after the other: which is taken, and when */

#define TAKEN   WL_FACT_SOURCE_NEW
#define REFUSED WL_FACT_SOURCE_REFUSED
#define MANY    16

typedef struct {
    guint at;      /* ms; not before the previous step */
    guint source;  /* 0: end of the steps */
    guint sources; /* from @source on, each with another port; 0: one */
    const char *endpoint;
    WlFactSourceResult expect;
    guint subject; /* 0: the usual one */
} Step;

/* Four addresses of one source; the first one makes room for a fifth. */
#define FOUR(source)                                                                               \
    {0, source, 0, "192.0.2.1:1", TAKEN}, {1000, source, 0, "192.0.2.2:1", TAKEN},                 \
        {2000, source, 0, "192.0.2.3:1", TAKEN},                                                   \
    {                                                                                              \
        3000, source, 0, "192.0.2.4:1", TAKEN                                                      \
    }
#define FIVE(source)                                                                               \
    FOUR(source),                                                                                  \
    {                                                                                              \
        20000, source, 0, "192.0.2.5:1", TAKEN                                                     \
    }
/* Every place has another source, and the first one loses its only place after 11 s. */
#define LOST                                                                                       \
    {0, 30, MANY, "192.0.2.1:1", TAKEN},                                                           \
    {                                                                                              \
        11000, 50, 0, "192.0.2.1:50", TAKEN                                                        \
    }

/* clang-format off */
static const struct {
    const char *name;
    Step steps[12];
} sequences[] = {
    {"the oldest makes room after 10 s", {FOUR(30), {10000, 30, 0, "192.0.2.5:1", TAKEN}}},
    {"not before", {FOUR(30), {9999, 30, 0, "192.0.2.5:1", REFUSED}}},
    {"one that made room is refused", {FIVE(30), {40000, 30, 0, "192.0.2.1:1", REFUSED}}},
    {"only it is", {FIVE(30), {40000, 30, 0, "192.0.2.2:1", WL_FACT_SOURCE_RENEWED}}},
    {"another port is not", {FIVE(30), {40000, 30, 0, "192.0.2.1:2", TAKEN}}},
    {"another address is not", {FIVE(30), {40000, 30, 0, "192.0.2.9:1", TAKEN}}},
    {"an IPv6 address with these bytes is not", {FIVE(30), {40000, 30, 0, "[c000:201::]:1", TAKEN}}},
    {"that of the subject itself is not", {FIVE(1), {40000, 1, 0, "192.0.2.1:1", TAKEN}}},
    {"that of another source is not",
     {FIVE(30), {21000, 31, 0, "192.0.2.11:1", TAKEN}, {22000, 31, 0, "192.0.2.12:1", TAKEN}, {23000, 31, 0, "192.0.2.13:1", TAKEN}, {24000, 31, 0, "192.0.2.14:1", TAKEN}, {40000, 31, 0, "192.0.2.1:1", TAKEN}}},
    {"that of another subject is not",
     {FIVE(30), {21000, 30, 0, "192.0.2.11:1", TAKEN, 2}, {22000, 30, 0, "192.0.2.12:1", TAKEN, 2}, {23000, 30, 0, "192.0.2.13:1", TAKEN, 2}, {24000, 30, 0, "192.0.2.14:1", TAKEN, 2}, {40000, 30, 0, "192.0.2.1:1", TAKEN, 2}}},
    {"until 135 s after it was advertised", {FIVE(30), {135000, 30, 0, "192.0.2.1:1", REFUSED}}},
    {"not longer", {FIVE(30), {135001, 30, 0, "192.0.2.1:1", TAKEN}}},
    {"unless it was advertised again",
     {FIVE(30), {135000, 30, 0, "192.0.2.1:1", REFUSED}, {270000, 30, 0, "192.0.2.1:1", REFUSED}, {405001, 30, 0, "192.0.2.1:1", TAKEN}}},
    {"ports of one address make room for another at once",
     {{0, 30, 0, "192.0.2.2:1", TAKEN}, {1000, 30, 0, "192.0.2.1:1", TAKEN}, {1000, 30, 0, "192.0.2.1:2", TAKEN}, {1000, 30, 0, "192.0.2.1:3", TAKEN}, {2000, 30, 0, "192.0.2.3:1", TAKEN}, {3000, 30, 0, "192.0.2.2:1", WL_FACT_SOURCE_RENEWED}, {4000, 30, 0, "192.0.2.1:9", REFUSED}}},
    {"ports of one address make room for another later",
     {{0, 30, 0, "192.0.2.2:1", TAKEN}, {1000, 30, 0, "192.0.2.1:1", TAKEN}, {2000, 30, 0, "192.0.2.1:2", TAKEN}, {3000, 30, 0, "192.0.2.1:3", TAKEN}, {20000, 30, 0, "192.0.2.3:1", TAKEN}, {21000, 30, 0, "192.0.2.2:1", WL_FACT_SOURCE_RENEWED}, {22000, 30, 0, "192.0.2.1:2", WL_FACT_SOURCE_RENEWED}, {23000, 30, 0, "192.0.2.1:1", REFUSED}}},
    {"two ports are several",
     {{0, 30, 0, "192.0.2.2:1", TAKEN}, {0, 30, 0, "192.0.2.1:1", TAKEN}, {0, 30, 0, "192.0.2.1:2", TAKEN}, {0, 30, 0, "192.0.2.4:3", TAKEN}, {2000, 30, 0, "192.0.2.3:1", TAKEN}}},
    {"one port is not",
     {{0, 30, 0, "192.0.2.2:1", TAKEN}, {0, 30, 0, "192.0.2.1:1", TAKEN}, {0, 30, 0, "192.0.2.5:2", TAKEN}, {0, 30, 0, "192.0.2.4:3", TAKEN}, {2000, 30, 0, "192.0.2.3:1", REFUSED}}},
    {"a source with none takes a place after 10 s",
     {{0, 30, MANY, "192.0.2.1:1", TAKEN}, {10000, 50, 0, "192.0.2.1:50", TAKEN}}},
    {"a source with none takes none before 10 s",
     {{0, 30, MANY, "192.0.2.1:1", TAKEN}, {9999, 50, 0, "192.0.2.1:50", REFUSED}}},
    {"a source with fewer takes a place after 10 s",
     {{0, 30, 4, "192.0.2.1:1", TAKEN}, {0, 30, 4, "192.0.2.1:11", TAKEN}, {0, 30, 4, "192.0.2.1:21", TAKEN}, {0, 30, 4, "192.0.2.1:31", TAKEN}, {10000, 50, 0, "192.0.2.1:50", TAKEN}}},
    {"a source with fewer takes none before 10 s",
     {{0, 30, 4, "192.0.2.1:1", TAKEN}, {0, 30, 4, "192.0.2.1:11", TAKEN}, {0, 30, 4, "192.0.2.1:21", TAKEN}, {0, 30, 4, "192.0.2.1:31", TAKEN}, {9999, 50, 0, "192.0.2.1:50", REFUSED}}},
    {"one that lost its place waits", {LOST, {49347, 30, 0, "192.0.2.1:99", REFUSED}}},
    {"the less, the longer it has none", {LOST, {49348, 30, 0, "192.0.2.1:99", TAKEN}}},
    {"others do not wait", {LOST, {12000, 51, 0, "192.0.2.1:99", TAKEN}}},
    {"it does not wait for places of another subject",
     {LOST, {12000, 60, MANY, "192.0.2.1:1", TAKEN, 2}, {22000, 30, 0, "192.0.2.1:99", TAKEN, 2}}},
    {"one that lost its place long ago waits 10 s",
     {LOST, {500000, 60, MANY, "192.0.2.1:200", TAKEN}, {509999, 30, 0, "192.0.2.1:99", REFUSED}, {510000, 30, 0, "192.0.2.1:99", TAKEN}}},
};
/* clang-format on */

static void
test_sequence(gconstpointer data)
{
    const Step *steps = data;
    g_autoptr(WlFactSet) set = wl_fact_set_new();

    for (guint i = 0; i < G_N_ELEMENTS(sequences->steps) && steps[i].source != 0; i++) {
        for (guint j = 0; j < MAX(steps[i].sources, 1); j++) {
            WlEndpoint endpoint = harness_endpoint(steps[i].endpoint);

            endpoint.port = (guint16) (endpoint.port + j);
            g_test_message("step %u, source %u", i, steps[i].source + j);
            g_assert_cmpint(receive(set, steps[i].subject ? steps[i].subject : SUBJECT,
                                    steps[i].source + j, &endpoint,
                                    WL_SEC(1000) + WL_MS(steps[i].at), WL_SEC(9000)),
                            ==, steps[i].expect);
        }
    }
}

/* A refused endpoint that made room was no place: its source does not wait as one that lost its
 * last. */
static void
test_refused_is_no_place(void)
{
    g_autoptr(WlFactSet) set = wl_fact_set_new();
    WlKey first = key_of(30);

    for (guint i = 0; i < WL_MAX_ENDPOINTS; i++)
        receive_endpoint(set, 1, 30 + i, i, WL_SEC(1000), WL_SEC(9000));
    wl_fact_set_set_verdict(set, wl_fact_entry_find_source(wl_fact_set_get(set, 0), &first),
                            WL_VERDICT_UNTRUSTED);
    g_assert_cmpint(receive_endpoint(set, 1, 50, 50, WL_SEC(1001), WL_SEC(9000)), ==,
                    WL_FACT_SOURCE_NEW);
    g_assert_cmpuint(count_endpoints(set, &first), ==, 0);
    g_assert_cmpint(receive_endpoint(set, 1, 30, 51, WL_SEC(1011), WL_SEC(9000)), ==,
                    WL_FACT_SOURCE_NEW);
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

/* ---- whose word counts for how much */

static const struct {
    const char *name;
    guint source, own; /* which has so many places already */
    gint64 after;      /* the others were taken by third parties */
    gboolean heard;
} words[] = {
    {"a router is heard at once", 1, 0, 0, TRUE},
    {"a member that is trusted with members is heard at once", 7, 0, 0, TRUE},
    {"a third party is not heard at once", 8, 0, 0, FALSE},
    {"a third party is heard after a while", 8, 0, SEC(60), TRUE},
    {"an untrusted member gets no place of another", 9, 0, SEC(60), FALSE},
    {"an untrusted member may change its word", 9, 1, SEC(60), TRUE},
};

static void
test_word(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    HarnessMember *subject = harness_member(harness, 2);
    const WlKey *source = &harness_member(harness, words[i].source)->key;
    WlEndpoint endpoint = harness_endpoint("198.51.100.99:1");
    const GPtrArray *about;
    gboolean heard = FALSE;

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    for (guint j = 2; j <= 9; j++) {
        WlPeerConfig *peer = harness_add(config, harness_member(harness, j), NULL, NULL);

        if (j == 7)
            peer->trust = WL_TRUST_MEMBERSHIP;
        else if (j == 9)
            peer->trust = WL_TRUST_UNTRUSTED;
    }
    harness_start(harness, config);
    for (guint j = 0; j < WL_MAX_ENDPOINTS; j++) {
        g_autofree char *text = g_strdup_printf("198.51.100.%u:1", j + 1);

        harness_advertise_endpoint(harness,
                                   j < words[i].own ? harness_member(harness, words[i].source)
                                                    : harness_member(harness, 3 + j / 4),
                                   subject, text, 255);
    }
    harness_run(harness, words[i].after);
    harness_advertise_endpoint(harness, harness_member(harness, words[i].source), subject,
                               "198.51.100.99:1", 255);
    about = wl_fact_set_about(harness->engine->facts, &subject->key);
    for (guint j = 0; j < about->len; j++) {
        WlFactEntry *entry = about->pdata[j];

        heard |= wl_fact_is_endpoint(&entry->fact) &&
                 wl_endpoint_equal(&entry->fact.value.endpoint, &endpoint) &&
                 wl_fact_entry_find_source(entry, source);
    }
    g_assert_cmpint(heard, ==, words[i].heard);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fact-set/endpoint-bounds", test_fact_set_endpoint_bounds);
    g_test_add_func("/fact-set/endpoint-weights", test_fact_set_endpoint_weights);
    g_test_add_func("/fact-set/the second source of a fact makes room",
                    test_fact_set_second_source);
    g_test_add_func("/fact-set/displaced-endpoint", test_fact_set_displaced);
    g_test_add_func("/fact-set/a refused endpoint is no place", test_refused_is_no_place);
    for (gsize i = 0; i < G_N_ELEMENTS(sequences); i++) {
        g_autofree char *name = g_strdup_printf("/fact-set/sequence/%s", sequences[i].name);
        g_test_add_data_func(name, sequences[i].steps, test_sequence);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *name = g_strdup_printf("/fact-set/places/%s", places[i].name);
        g_test_add_data_func(name, &places[i], test_places);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *name = g_strdup_printf("/endpoint-limit/%s", words[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_word);
    }
    return g_test_run();
}
