/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which candidate is tried next, one row each. */
#include "paths/wl-endpoint-cycling.h"

#include "state/wl-timing.h"

#define NOW            WL_SEC(10000)
#define ROUND          7 /* the present round, check or upgrade */
#define NONE           (-1)
#define MAX_CANDIDATES 3

/* Times are seconds before NOW; 0: never. */
typedef struct {
    const char *endpoint; /* NULL: end of the row */
    WlRank rank;
    WlCandidateSource source;
    gboolean worked;
    guint tried;  /* the last try of any kind */
    guint serial; /* of the last round or check in which it was tried */
    guint upgraded, misses;
    guint burst; /* of the last tries; 0: 1 if there was any */
    guint known; /* since when; 0: long */
} Candidate;

typedef struct {
    const char *name;
    Candidate candidates[MAX_CANDIDATES];
    const char *initiated; /* an endpoint to which another peer was initiated 1 s ago */
    const char *spent;     /* one whose address had the burst at the word of the first source */
    const char *current;   /* the endpoint of the session */
    gboolean on_link_only;
    int uplink_changed; /* seconds before NOW */
    guint number;       /* of the round; 0: a later one */
    int next;           /* expected: index, or NONE */
} Case;

#define A "192.0.2.1:1"
#define B "192.0.2.2:1"
#define C "192.0.2.3:1"

#define ON_LINK     WL_RANK_ON_LINK
#define PUBLIC      WL_RANK_PUBLIC
#define PRIVATE     WL_RANK_PRIVATE
#define SELF        WL_CANDIDATE_SOURCE_SELF
#define THIRD_PARTY WL_CANDIDATE_SOURCE_THIRD_PARTY
#define PAST        WL_CANDIDATE_SOURCE_CACHE

/* clang-format off */
static const Case in_round[] = {
    {"nothing to try", {{NULL}}, .next = NONE},
    {"the best candidate comes first", {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .next = 0},
    {"one that was tried in this round is skipped",
     {{A, PUBLIC, SELF, .tried = 10, .serial = ROUND}, {B, PUBLIC, SELF}}, .next = 1},
    {"a round ends when all were tried",
     {{A, PUBLIC, SELF, .tried = 10, .serial = ROUND}, {B, PUBLIC, SELF, .tried = 9, .serial = ROUND}},
     .next = NONE},
    {"a new round begins with the best again",
     {{A, PUBLIC, SELF, .tried = 10, .serial = ROUND - 1}, {B, PUBLIC, SELF, .tried = 9, .serial = ROUND - 1}},
     .next = 0},
    {"one that must wait comes after one that may be tried at once",
     {{A, PUBLIC, SELF, .tried = 2, .serial = ROUND - 1}, {B, PUBLIC, SELF}}, .next = 1},
    {"if all must wait, the one that may be tried first is next",
     {{A, PUBLIC, SELF, .tried = 2}, {B, PUBLIC, SELF, .tried = 4}, {C, PUBLIC, SELF, .tried = 3}},
     .next = 1},
    {"an initiation of another peer to the address counts",
     {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .initiated = A, .next = 1},
    {"one whose address had its initiations waits for a later round",
     {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .spent = "192.0.2.1:9", .next = 1},
    {"a round ends when all addresses had their initiations",
     {{A, PUBLIC, SELF}}, .spent = "192.0.2.1:9", .next = NONE},
    {"one that worked is tried in spite of them",
     {{A, PUBLIC, SELF, .worked = TRUE}}, .spent = "192.0.2.1:9", .next = 0},
    {"candidates of third parties are not tried in a round", {{A, PUBLIC, THIRD_PARTY}, {B, PRIVATE, SELF}}, .next = 1},
    {"one that worked is, though only a third party advertises it", {{A, PUBLIC, THIRD_PARTY, .worked = TRUE}}, .next = 0},
    {"a fast round repeats the best two", {{A, PUBLIC, SELF, .tried = 1, .serial = ROUND - 1},
     {B, PUBLIC, SELF, .tried = 2, .serial = ROUND - 1}, {C, PUBLIC, SELF}}, .number = 1, .next = 0},
    {"and no other one", {{A, PUBLIC, SELF, .tried = 1, .serial = ROUND},
     {B, PUBLIC, SELF, .tried = 1, .serial = ROUND}, {C, PUBLIC, SELF}}, .number = 3, .next = NONE},
    {"nor a private one", {{A, PRIVATE, SELF, .tried = 1, .serial = ROUND - 1}}, .number = 1, .next = NONE},
    {"unless it worked", {{A, PRIVATE, SELF, .tried = 1, .serial = ROUND - 1, .worked = TRUE}}, .number = 1, .next = 0},
    {"a fast round leaves out the past", {{A, PUBLIC, PAST}}, .number = 1, .next = NONE},
    {"a later round has the latest endpoint of the past",
     {{A, PUBLIC, PAST, .tried = 100}, {B, PUBLIC, PAST, .tried = 300}, {C, PUBLIC, PAST, .tried = 200}},
     .number = 4, .next = 0},
    {"and the one of the others that was tried longest ago",
     {{A, PUBLIC, PAST, .tried = 10, .serial = ROUND}, {B, PUBLIC, PAST, .tried = 100}, {C, PUBLIC, PAST, .tried = 200}},
     .number = 4, .next = 2},
    {"and no more of them",
     {{A, PUBLIC, PAST, .tried = 10, .serial = ROUND}, {B, PUBLIC, PAST, .tried = 10, .serial = ROUND}, {C, PUBLIC, PAST}},
     .number = 4, .next = NONE},
    {"a later round has all again", {{A, PRIVATE, SELF, .tried = 1, .serial = ROUND - 1}}, .number = 4, .next = 0},
    {"behind a captive portal only on-link candidates are tried",
     {{A, PUBLIC, SELF}, {B, ON_LINK, SELF}}, .on_link_only = TRUE, .next = 1},
    {"behind a captive portal a round without on-link candidates is complete",
     {{A, PUBLIC, SELF}, {B, PRIVATE, SELF}}, .on_link_only = TRUE, .next = NONE},
};

static const Case in_session[] = {
    {"nothing to try", {{NULL}}, .current = C, .next = NONE},
    {"the best candidate comes first", {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .current = C, .next = 0},
    {"the current endpoint is skipped", {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .current = A, .next = 1},
    {"one that was tried in this check is skipped",
     {{A, PUBLIC, SELF, .serial = ROUND}, {B, PUBLIC, SELF}}, .current = C, .next = 1},
    {"one that was tried in an earlier check is tried again",
     {{A, PUBLIC, SELF, .serial = ROUND - 1}, {B, PUBLIC, SELF}}, .current = C, .next = 0},
    {"a third party cannot move a session",
     {{A, PUBLIC, THIRD_PARTY}, {B, PUBLIC, SELF}}, .current = C, .next = 1},
    {"a private address elsewhere is not tried",
     {{A, PRIVATE, SELF}, {B, PUBLIC, SELF}}, .current = C, .next = 1},
    {"a private address that worked is tried",
     {{A, PRIVATE, SELF, .worked = TRUE}, {B, PUBLIC, SELF}}, .current = C, .next = 0},
    {"a recent try does not delay one inside a session",
     {{A, PUBLIC, SELF, .tried = 1}, {B, PUBLIC, SELF}}, .current = C, .next = 0},
    {"one whose address had its tries is skipped",
     {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .spent = "192.0.2.1:9", .current = C, .next = 1},
    {"where the peer was last said to be comes first",
     {{A, PUBLIC, SELF}, {B, PUBLIC, SELF, .known = 20}, {C, PUBLIC, SELF, .known = 2}}, .current = "192.0.2.4:1", .next = 2},
    {"then the news before it", {{A, PUBLIC, SELF}, {B, PUBLIC, SELF, .known = 20},
     {C, PUBLIC, SELF, .known = 2, .serial = ROUND}}, .current = "192.0.2.4:1", .next = 1},
    {"what is known for half a minute is no news",
     {{A, PUBLIC, SELF}, {B, PUBLIC, SELF, .known = 30}}, .current = C, .next = 0},
    {"news of a private address elsewhere is not tried",
     {{A, PUBLIC, SELF}, {B, PRIVATE, SELF, .known = 1}}, .current = C, .next = 0},
    {"a check ends when all were tried",
     {{A, PUBLIC, SELF, .serial = ROUND}, {B, PUBLIC, THIRD_PARTY}}, .current = C, .next = NONE},
};

/* While there is no router third parties are heard. */
static const Case without_router[] = {
    {"a third party is heard", {{A, PUBLIC, THIRD_PARTY}}, .current = "192.0.2.4:1", .next = 0},
    {"after all others", {{A, PUBLIC, THIRD_PARTY}, {B, PUBLIC, SELF}}, .current = C, .next = 1},
    {"not about the current endpoint", {{C, PUBLIC, THIRD_PARTY}}, .current = C, .next = NONE},
    {"nor about a private address elsewhere", {{A, PRIVATE, THIRD_PARTY}}, .current = C, .next = NONE},
    {"of two that were never tried the first is next",
     {{A, PUBLIC, THIRD_PARTY}, {B, PUBLIC, THIRD_PARTY}}, .current = C, .next = 0},
    {"the one that was tried longest ago is next",
     {{A, PUBLIC, THIRD_PARTY, .tried = 5}, {B, PUBLIC, THIRD_PARTY, .tried = 9}}, .current = C, .next = 1},
    {"though it is the first one",
     {{A, PUBLIC, THIRD_PARTY, .tried = 9}, {B, PUBLIC, THIRD_PARTY, .tried = 5}}, .current = C, .next = 0},
    {"one whose address had its tries is skipped",
     {{A, PUBLIC, THIRD_PARTY}, {B, PUBLIC, THIRD_PARTY}}, .spent = "192.0.2.1:9", .current = C, .next = 1},
    {"a second one in a check",
     {{A, PUBLIC, THIRD_PARTY, .serial = ROUND}, {B, PUBLIC, THIRD_PARTY}}, .current = C, .next = 1},
    {"but not a third one",
     {{A, PUBLIC, THIRD_PARTY, .serial = ROUND}, {B, PUBLIC, THIRD_PARTY, .serial = ROUND}, {C, PUBLIC, THIRD_PARTY}},
     .current = "192.0.2.4:1", .next = NONE},
};

static const Case upgrade[] = {
    {"nothing to try", {{NULL}}, .uplink_changed = 9000, .next = NONE},
    {"only an on-link candidate is an upgrade",
     {{A, PUBLIC, SELF}, {B, PRIVATE, SELF}}, .uplink_changed = 9000, .next = NONE},
    {"the best on-link candidate comes first",
     {{A, ON_LINK, SELF}, {B, ON_LINK, SELF}}, .uplink_changed = 9000, .next = 0},
    {"a third party cannot upgrade a session",
     {{A, ON_LINK, THIRD_PARTY}, {B, ON_LINK, SELF}}, .uplink_changed = 9000, .next = 1},
    {"one without success is not repeated within ten minutes",
     {{A, ON_LINK, SELF, .upgraded = 599, .misses = 1}}, .uplink_changed = 9000, .next = NONE},
    {"one without success is repeated after ten minutes",
     {{A, ON_LINK, SELF, .upgraded = 600, .misses = 1}}, .uplink_changed = 9000, .next = 0},
    {"the second failure doubles the time",
     {{A, ON_LINK, SELF, .upgraded = 1199, .misses = 2}, {B, ON_LINK, SELF, .upgraded = 1200, .misses = 2}},
     .uplink_changed = 9000, .next = 1},
    {"one whose address had its tries is no upgrade",
     {{A, ON_LINK, SELF}}, .spent = "192.0.2.1:9", .uplink_changed = 9000, .next = NONE},
    {"a new uplink permits every candidate again",
     {{A, ON_LINK, SELF, .upgraded = 100, .misses = 5}}, .uplink_changed = 50, .next = 0},
};

typedef struct {
    const char *name;
    Candidate candidates[MAX_CANDIDATES];
    const char *current, *sighting;
    WlSighting judged; /* expected */
} SightingCase;

#define ROUTER  WL_CANDIDATE_SOURCE_ROUTER
#define PROFILE WL_CANDIDATE_SOURCE_PROFILE

static const SightingCase sightings[] = {
    {"a router that saw what we see, and now another endpoint, saw the peer move",
     {{A, PUBLIC, ROUTER}, {B, PUBLIC, ROUTER}}, .current = A, .sighting = B,
     .judged = WL_SIGHTING_MOVED},
    {"behind a symmetric NAT a router sees another endpoint than we do",
     {{A, PUBLIC, SELF}, {B, PUBLIC, ROUTER}}, .current = A, .sighting = B,
     .judged = WL_SIGHTING_SUSPECT},
    {"a current endpoint that is no candidate is no reason to think that the peer moved",
     {{B, PUBLIC, ROUTER}}, .current = A, .sighting = B, .judged = WL_SIGHTING_SUSPECT},
    {"the current endpoint is no news",
     {{A, PUBLIC, ROUTER}}, .current = A, .sighting = A, .judged = WL_SIGHTING_NONE},
    {"a refused endpoint costs nothing",
     {{A, PUBLIC, ROUTER}}, .current = A, .sighting = B, .judged = WL_SIGHTING_NONE},
    {"a private address on another network costs nothing",
     {{A, PUBLIC, ROUTER}, {B, PRIVATE, ROUTER}}, .current = A, .sighting = B,
     .judged = WL_SIGHTING_NONE},
    {"a private address that worked counts",
     {{A, PUBLIC, ROUTER}, {B, PRIVATE, ROUTER, .worked = TRUE}}, .current = A, .sighting = B,
     .judged = WL_SIGHTING_MOVED},
    {"the profile has an endpoint that a router begins to see",
     {{A, PUBLIC, ROUTER}, {B, PUBLIC, PROFILE}}, .current = A, .sighting = B,
     .judged = WL_SIGHTING_SUSPECT},
    {"a peer that left a configured endpoint",
     {{A, PUBLIC, PROFILE}, {B, PUBLIC, ROUTER}}, .current = A, .sighting = B,
     .judged = WL_SIGHTING_SUSPECT},
};
/* clang-format on */

static WlEndpoint
parse(const char *text)
{
    WlEndpoint endpoint;

    g_assert_true(wl_endpoint_parse(text, &endpoint));
    return endpoint;
}

static gint64
ago(guint seconds)
{
    return seconds == 0 ? WL_LONG_AGO : NOW - WL_SEC(seconds);
}

static GArray *
make_candidates(const Candidate *candidates)
{
    GArray *list = wl_candidates_new();

    for (guint i = 0; i < MAX_CANDIDATES && candidates[i].endpoint; i++) {
        const Candidate *from = &candidates[i];
        WlCandidate candidate = {
            .endpoint = parse(from->endpoint),
            .rank = from->rank,
            .source = from->source,
            .worked = from->worked,
            .since = ago(from->known),
            .last_tried = ago(from->tried),
            .burst = from->burst ? from->burst : from->tried != 0,
            .round = from->serial,
            .roaming_serial = from->serial,
            .last_upgrade = ago(from->upgraded),
            .misses = from->misses,
        };

        g_array_append_val(list, candidate);
    }
    return list;
}

static void
assert_next(const Case *row, const GArray *list, const WlCandidate *next)
{
    if (row->next == NONE)
        g_assert_null(next);
    else
        g_assert_true(next == &g_array_index(list, WlCandidate, row->next));
}

static void
test_in_round(gconstpointer data)
{
    const Case *row = data;
    g_autoptr(GArray) list = make_candidates(row->candidates);
    WlHandshakeLimiter limiter = {.next = 0};
    WlAddressLimiter addresses = {0};
    const WlKey subject = {{1}}, other = {{2}};
    const WlConnectCycle cycle = {
        .now = NOW,
        .round = ROUND,
        .number = row->number ? row->number : WL_FAST_ROUNDS,
        .on_link_only = row->on_link_only,
        .limiter = &limiter,
        .addresses = &addresses,
        .subject = &subject,
    };

    if (row->initiated) {
        WlEndpoint endpoint = parse(row->initiated);
        wl_handshake_limiter_note(&limiter, &endpoint, &other, ago(1));
    }
    for (guint i = 0; row->spent && i < WL_ADDRESS_BURST; i++) {
        WlCandidate spent = {.endpoint = parse(row->spent), .source = row->candidates[0].source};
        wl_address_limiter_note(&addresses, &spent, &subject, ago(1));
    }
    assert_next(row, list, wl_endpoint_cycling_next_in_round(list, &cycle));
    wl_address_limiter_clear(&addresses);
}

/* When an endpoint that the peer tried at NOW may be tried again, in milliseconds. */
typedef struct {
    const char *name;
    guint number;    /* of the round */
    guint burst;     /* tries so far that belong together */
    int other;       /* ms before NOW: another member was tried there; 0: none was */
    gboolean forgot; /* the candidate was lost and came back */
    guint expect;
    guint expect_burst; /* if it is tried then */
} AgainCase;

/* clang-format off */
static const AgainCase again[] = {
    {"the second try follows after the first slot", 1, 1, 0, FALSE, 300, 2},
    {"the third after the second", 2, 2, 0, FALSE, 500, 3},
    {"the fourth after the third", 3, 3, 0, FALSE, 1000, 4},
    {"the fifth begins anew", 4, 4, 0, FALSE, 3400, 1},
    {"also in the rounds of a restart", 0, 4, 0, FALSE, 3400, 1},
    {"a restart continues", 0, 2, 0, FALSE, 500, 3},
    {"later rounds have one try in 5 s", 4, 1, 0, FALSE, 5000, 1},
    {"however many there were before", 7, 3, 0, FALSE, 5000, 1},
    {"a try for another member counts in full", 1, 1, 1000, FALSE, 4010, 2},
    {"the own ones do for a candidate that knows nothing of them", 1, 0, 0, TRUE, 5000, 1},
};
/* clang-format on */

static void
test_again(gconstpointer data)
{
    const AgainCase *row = data;
    WlHandshakeLimiter limiter = {.next = 0};
    const WlKey subject = {{1}}, other = {{2}};
    WlConnectCycle cycle = {.now = NOW,
                            .round = ROUND,
                            .number = row->number,
                            .limiter = &limiter,
                            .subject = &subject};
    WlCandidate candidate = {
        .endpoint = parse(A),
        .last_tried = row->forgot ? WL_LONG_AGO : NOW,
        .burst = row->burst,
    };

    wl_handshake_limiter_note(&limiter, &candidate.endpoint, &subject, NOW);
    if (row->other)
        wl_handshake_limiter_note(&limiter, &candidate.endpoint, &other, NOW - WL_MS(row->other));
    g_assert_cmpint(wl_endpoint_cycling_earliest(&cycle, &candidate), ==, NOW + WL_MS(row->expect));
    cycle.now += WL_MS(row->expect);
    wl_endpoint_cycling_note_try(&cycle, &candidate);
    g_assert_cmpuint(candidate.burst, ==, row->expect_burst);
    g_assert_cmpint(candidate.last_tried, ==, cycle.now);
    g_assert_cmpuint(candidate.round, ==, ROUND);
}

static void
test_slot(void)
{
    static const guint slots[] = {300, 500, 1000, 1000, 5000, 5000};

    for (guint i = 0; i < G_N_ELEMENTS(slots); i++) {
        g_assert_cmpint(wl_endpoint_cycling_slot(i, TRUE), ==, WL_MS(slots[i]));
        g_assert_cmpint(wl_endpoint_cycling_slot(i, FALSE), ==, WL_MS(i == 0 ? 500 : slots[i]));
    }
}

static void
spend(WlAddressLimiter *addresses, const Case *row, const WlKey *subject)
{
    for (guint i = 0; row->spent && i < WL_ADDRESS_BURST; i++) {
        WlCandidate spent = {.endpoint = parse(row->spent), .source = row->candidates[0].source};
        wl_address_limiter_note(addresses, &spent, subject, ago(1));
    }
}

static void
test_session(const Case *row, gboolean hearsay)
{
    g_autoptr(GArray) list = make_candidates(row->candidates);
    WlAddressLimiter addresses = {0};
    const WlKey subject = {{1}};
    const WlRoamingCycle cycle = {
        .now = NOW,
        .serial = ROUND,
        .current = parse(row->current),
        .hearsay = hearsay,
        .addresses = &addresses,
        .subject = &subject,
    };

    spend(&addresses, row, &subject);
    assert_next(row, list, wl_endpoint_cycling_next_in_session(list, &cycle));
    wl_address_limiter_clear(&addresses);
}

/* Which of them an address that had its initiations leaves out, in a round and in a session. */
/* clang-format off */
static const struct {
    Case row;
    gboolean round, session;
} left_out[] = {
    {{"no address had them", {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .current = C}, FALSE, FALSE},
    {{"that of the first", {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .spent = A, .current = C}, TRUE, TRUE},
    {{"that of the second", {{A, PUBLIC, SELF}, {B, PUBLIC, SELF}}, .spent = B, .current = C}, TRUE, TRUE},
    {{"one that had its turn", {{A, PUBLIC, SELF, .tried = 10, .serial = ROUND}, {B, PUBLIC, SELF}}, .spent = A, .current = C},
     FALSE, FALSE},
    {{"the endpoint of the session", {{A, PUBLIC, SELF}}, .spent = A, .current = A}, TRUE, FALSE},
    {{"a private one", {{A, PRIVATE, SELF}}, .spent = A, .current = C}, TRUE, FALSE},
    {{"one of a third party", {{A, PUBLIC, THIRD_PARTY}}, .spent = A, .current = C}, FALSE, FALSE},
};
/* clang-format on */

static void
test_left_out(gconstpointer data)
{
    const gsize i = GPOINTER_TO_SIZE(data);
    const Case *row = &left_out[i].row;
    g_autoptr(GArray) list = make_candidates(row->candidates);
    WlHandshakeLimiter limiter = {0};
    WlAddressLimiter addresses = {0};
    const WlKey subject = {{1}};
    const WlConnectCycle round = {
        .now = NOW,
        .round = ROUND,
        .number = WL_FAST_ROUNDS,
        .limiter = &limiter,
        .addresses = &addresses,
        .subject = &subject,
    };
    const WlRoamingCycle session = {
        .now = NOW,
        .serial = ROUND,
        .current = parse(row->current),
        .addresses = &addresses,
        .subject = &subject,
    };

    spend(&addresses, row, &subject);
    g_assert_cmpint(wl_endpoint_cycling_leaves_out(list, &round), ==, left_out[i].round);
    g_assert_cmpint(wl_endpoint_cycling_leaves_out_in_session(list, &session), ==,
                    left_out[i].session);
    wl_address_limiter_clear(&addresses);
}

static void
test_in_session(gconstpointer data)
{
    test_session(data, FALSE);
}

static void
test_without_router(gconstpointer data)
{
    test_session(data, TRUE);
}

static void
test_upgrade(gconstpointer data)
{
    const Case *row = data;
    g_autoptr(GArray) list = make_candidates(row->candidates);
    WlAddressLimiter addresses = {0};
    const WlKey subject = {{1}};
    const WlRoamingCycle cycle = {
        .now = NOW,
        .uplink_since = NOW - WL_SEC(row->uplink_changed),
        .addresses = &addresses,
        .subject = &subject,
    };

    spend(&addresses, row, &subject);
    assert_next(row, list, wl_endpoint_cycling_next_upgrade(list, &cycle));
    wl_address_limiter_clear(&addresses);
}

static void
test_sighting(gconstpointer data)
{
    const SightingCase *row = data;
    g_autoptr(GArray) list = make_candidates(row->candidates);
    WlEndpoint current = parse(row->current), sighting = parse(row->sighting);

    g_assert_cmpint(wl_endpoint_cycling_judge_sighting(list, &sighting, &current), ==, row->judged);
}

static void
test_hearsay_pause(void)
{
    static const struct {
        guint in_vain, pause; /* s */
    } pauses[] = {
        {0, 0},  {7, 0},   {8, 1},   {11, 1},  {12, 2},    {15, 2},         {16, 4},
        {20, 8}, {24, 16}, {27, 16}, {28, 30}, {1000, 30}, {G_MAXUINT, 30},
    };

    for (guint i = 0; i < G_N_ELEMENTS(pauses); i++)
        g_assert_cmpint(wl_endpoint_cycling_hearsay_pause(pauses[i].in_vain), ==,
                        WL_SEC(pauses[i].pause));
}

static void
add(const char *group, const Case *rows, gsize n, GTestDataFunc test)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("/endpoint-cycling/%s/%s", group, rows[i].name);
        g_test_add_data_func(name, &rows[i], test);
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    add("round", in_round, G_N_ELEMENTS(in_round), test_in_round);
    add("session", in_session, G_N_ELEMENTS(in_session), test_in_session);
    add("without a router", without_router, G_N_ELEMENTS(without_router), test_without_router);
    add("upgrade", upgrade, G_N_ELEMENTS(upgrade), test_upgrade);
    g_test_add_func("/endpoint-cycling/hearsay-pause", test_hearsay_pause);
    for (guint i = 0; i < G_N_ELEMENTS(sightings); i++) {
        g_autofree char *name = g_strdup_printf("/endpoint-cycling/sighting/%s", sightings[i].name);
        g_test_add_data_func(name, &sightings[i], test_sighting);
    }
    for (guint i = 0; i < G_N_ELEMENTS(again); i++) {
        g_autofree char *name = g_strdup_printf("/endpoint-cycling/again/%s", again[i].name);
        g_test_add_data_func(name, &again[i], test_again);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(left_out); i++) {
        g_autofree char *name =
            g_strdup_printf("/endpoint-cycling/left out/%s", left_out[i].row.name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_left_out);
    }
    g_test_add_func("/endpoint-cycling/slot", test_slot);
    return g_test_run();
}
