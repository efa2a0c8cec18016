/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When and where a peer without a session is tried. The decisions are in connect-decide.c. */
#include "paths/wl-connect.h"
#include "state/wl-engine-state.h"
#include "timeline.h"

#define TRIES (TIMELINE_ENDPOINTS | TIMELINE_DUMPS)

typedef struct {
    const char *name;
    gboolean first;                         /* the tie-breaker lets this member begin */
    const char *profile[3];                 /* endpoints of the peer in the profile */
    const char *router[4], *third_party[4]; /* that these advertise */
    guint seconds;
    TimelineKinds kinds;
    const char *expected, *later;
} Row;

/* A member whose key lets this one begin, or not. */
static HarnessMember *
find_member(Harness *harness, gboolean first)
{
    const HarnessMember *self = harness_member(harness, 0);
    guint i = 3;

    while ((wl_key_compare(&self->key, &harness_member(harness, i)->key) < 0) != first)
        i++;
    return harness_member(harness, i);
}

/* A leaf with sessions with the hub (1) and a third party (2). */
static HarnessMember *
start(Harness *harness, gboolean first, const char *const *profile)
{
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);
    HarnessMember *peer = find_member(harness, first);
    WlPeerConfig *entry;

    harness_add(config, harness_member(harness, 1), profile ? NULL : HARNESS_HUB_ENDPOINT,
                "10.77.0.0/24");
    harness_add(config, harness_member(harness, 2), NULL, "10.77.0.3/32");
    entry = harness_add(config, peer, NULL, "10.77.0.4/32");
    for (; profile && *profile; profile++)
        g_ptr_array_add(entry->endpoints, g_strdup(*profile));
    harness_start(harness, config);
    timeline_steady(harness);
    harness_uplink(harness, "192.168.1.10/24");
    return peer;
}

static void
advertise(Harness *harness, guint from, const HarnessMember *about, const char *const *endpoints)
{
    g_autoptr(GArray) facts = wl_fact_array_new();

    for (; *endpoints; endpoints++) {
        WlEndpoint endpoint = harness_endpoint(*endpoints);
        WlFact fact;

        wl_fact_init_endpoint(&fact, &about->key, &endpoint, harness->now + SEC(255));
        g_array_append_val(facts, fact);
    }
    if (facts->len > 0)
        harness_datagram(harness, harness_member(harness, from), facts);
}

static const Row rows[] = {
    {"the only configured endpoint is left to the retries of WireGuard",
     TRUE,
     {"192.0.2.1:1"},
     {NULL},
     {NULL},
     40,
     TRIES | TIMELINE_ALIVES,
     "100 dump, 300 dump, 1000 dump, 1000 try 192.0.2.1:1, 1000 alive, 1100 dump, "
     "1300 dump, 2000 dump, 6000 dump, 6000 alive, 6100 dump, 6300 dump, 7000 dump, "
     "8000 dump, 11000 dump, 11000 alive, 11100 dump, 11300 dump, 12000 dump, "
     "15000 dump, 16000 dump, 16000 alive, 16100 dump, 16300 dump, 17000 dump, "
     "24000 dump, 24000 alive, 24100 dump, 24300 dump, 25000 dump"},
    {"configured endpoints are tried without a head start of the peer",
     FALSE,
     {"192.0.2.1:1", "192.0.2.2:1"},
     {NULL},
     {NULL},
     20,
     TRIES,
     "100 dump, 300 dump, 500 dump, 500 try 192.0.2.2:1, 600 dump, 800 dump, "
     "800 try 192.0.2.1:1, 900 dump, 1100 dump, 1300 dump, 1300 try 192.0.2.2:1, "
     "1400 dump, 1600 dump, 1800 dump, 1800 try 192.0.2.1:1, 1900 dump, 2100 dump, "
     "2800 dump, 2800 try 192.0.2.2:1, 2900 dump, 3100 dump, 3800 dump, "
     "3800 try 192.0.2.1:1, 3900 dump, 4100 dump, 4800 dump, 4800 try 192.0.2.2:1, "
     "4900 dump, 5100 dump, 5800 dump, 7200 dump, 7200 try 192.0.2.1:1, 7300 dump, "
     "7500 dump, 8200 dump, 12200 dump, 12200 try 192.0.2.2:1, 12300 dump, "
     "12500 dump, 13200 dump, 17200 dump, 17200 try 192.0.2.1:1, 19200 dump, "
     "19300 dump, 19500 dump"},
    {"an advertised endpoint is tried after the head start of the peer",
     FALSE,
     {NULL},
     {"192.0.2.1:1"},
     {NULL},
     40,
     TIMELINE_ENDPOINTS | TIMELINE_ALIVES,
     "100 try 192.0.2.1:1, 100 alive, 400 try 192.0.2.1:1, 400 alive, "
     "900 try 192.0.2.1:1, 900 alive, 1900 try 192.0.2.1:1, 1900 alive, "
     "5300 try 192.0.2.1:1, 5300 alive, 10300 try nowhere, 12300 try 192.0.2.1:1, "
     "12300 alive, 17300 try nowhere, 21300 try 192.0.2.1:1, 21300 alive, "
     "26300 try nowhere, 34300 try 192.0.2.1:1, 34300 alive, 39300 try nowhere"},
    {"an advertised endpoint is tried at once by the member that goes first",
     TRUE,
     {NULL},
     {"192.0.2.1:1"},
     {NULL},
     20,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.1:1, 300 try 192.0.2.1:1, 800 try 192.0.2.1:1, "
     "1800 try 192.0.2.1:1, 5200 try 192.0.2.1:1, 10200 try nowhere, "
     "12200 try 192.0.2.1:1, 17200 try nowhere"},
    {"private addresses come last and the peer rests between rounds",
     TRUE,
     {NULL},
     {"192.0.2.1:1", "192.0.2.2:1", "10.9.9.9:1"},
     {NULL},
     20,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.1:1, 500 try 192.0.2.2:1, 1000 try 10.9.9.9:1, "
     "1300 try 192.0.2.1:1, 1800 try 192.0.2.2:1, 2300 try 192.0.2.1:1, "
     "3300 try 192.0.2.2:1, 4300 try 192.0.2.1:1, 5300 try 192.0.2.2:1, "
     "6300 try 10.9.9.9:1, 11300 try 192.0.2.1:1, 16300 try 192.0.2.2:1"},
    {"an endpoint of a third party is tried between rounds",
     TRUE,
     {NULL},
     {"192.0.2.1:1", "192.168.1.20:1"},
     {"192.0.2.8:1"},
     60,
     TIMELINE_ENDPOINTS,
     "0 try 192.168.1.20:1, 500 try 192.0.2.1:1, 800 try 192.168.1.20:1, "
     "1300 try 192.0.2.1:1, 1800 try 192.168.1.20:1, 2800 try 192.0.2.1:1, "
     "3800 try 192.168.1.20:1, 4800 try 192.0.2.1:1, 5800 try 192.0.2.8:1, "
     "6300 try nowhere, 7200 try 192.168.1.20:1, 12200 try 192.0.2.1:1, "
     "17200 try 192.0.2.8:1, 19200 try 192.168.1.20:1, 24200 try 192.0.2.1:1, "
     "29200 try nowhere, 33200 try 192.168.1.20:1, 38200 try 192.0.2.1:1, "
     "43200 try 192.0.2.8:1, 48200 try nowhere, 51200 try 192.168.1.20:1, "
     "56200 try 192.0.2.1:1"},
    {"an endpoint of a third party is tried again after 10, 20 and 40 s",
     TRUE,
     {NULL},
     {NULL},
     {"192.0.2.8:1"},
     80,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.8:1, 500 try nowhere, 10000 try 192.0.2.8:1, 14000 try nowhere, "
     "30000 try 192.0.2.8:1, 35000 try nowhere, 70000 try 192.0.2.8:1, "
     "75000 try nowhere"},
    {"endpoints of third parties are tried one after the other",
     TRUE,
     {NULL},
     {NULL},
     {"192.0.2.8:1", "192.0.2.9:1"},
     60,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.8:1, 500 try 192.0.2.9:1, 1000 try nowhere, "
     "10000 try 192.0.2.8:1, 14000 try 192.0.2.9:1, 19000 try nowhere, "
     "30000 try 192.0.2.8:1, 35000 try 192.0.2.9:1, 40000 try nowhere"},
    {"an on-link endpoint of a third party begins a round beside a configured one",
     TRUE,
     {"192.0.2.1:1"},
     {NULL},
     {"192.0.2.8:1", "192.168.1.20:1"},
     60,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.8:1, 500 try 192.0.2.1:1, 3000 try 192.168.1.20:1, "
     "8000 try 192.0.2.1:1, 13000 try 192.168.1.20:1, 15000 try 192.0.2.1:1, "
     "20000 try 192.0.2.8:1, 24000 try 192.168.1.20:1, 29000 try 192.0.2.1:1, "
     "40000 try 192.0.2.8:1, 42000 try 192.168.1.20:1, 47000 try 192.0.2.1:1"},
    {"an on-link endpoint of a third party begins a round beside one of a router",
     TRUE,
     {NULL},
     {"192.0.2.1:1"},
     {"192.0.2.8:1", "192.168.1.20:1"},
     60,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.1:1, 300 try 192.0.2.1:1, 800 try 192.0.2.1:1, "
     "1800 try 192.0.2.1:1, 2800 try 192.0.2.8:1, 3300 try nowhere, "
     "5200 try 192.168.1.20:1, 10200 try 192.0.2.1:1, 15200 try 192.168.1.20:1, "
     "17200 try 192.0.2.1:1, 22200 try 192.0.2.8:1, 26200 try 192.168.1.20:1, "
     "31200 try 192.0.2.1:1, 36200 try nowhere, 42200 try 192.0.2.8:1, "
     "44200 try 192.168.1.20:1, 49200 try 192.0.2.1:1, 54200 try nowhere"},
    {"of two on-link endpoints of a third party one begins a round",
     TRUE,
     {NULL},
     {"192.0.2.1:1"},
     {"192.168.1.20:1", "192.168.1.21:1"},
     60,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.1:1, 300 try 192.0.2.1:1, 800 try 192.0.2.1:1, "
     "1800 try 192.0.2.1:1, 5200 try 192.168.1.20:1, 10200 try 192.0.2.1:1, "
     "15200 try 192.168.1.20:1, 17200 try 192.168.1.21:1, 22200 try 192.0.2.1:1, "
     "27200 try 192.168.1.21:1, 31200 try 192.168.1.20:1, 36200 try 192.0.2.1:1, "
     "41200 try nowhere, 47200 try 192.168.1.21:1, 49200 try 192.168.1.20:1, "
     "54200 try 192.0.2.1:1, 59200 try nowhere"},
    {"an endpoint of a router that a third party advertises too is one of the router",
     TRUE,
     {NULL},
     {"192.0.2.8:1"},
     {"192.0.2.8:1"},
     20,
     TIMELINE_ENDPOINTS,
     "0 try 192.0.2.8:1, 300 try 192.0.2.8:1, 800 try 192.0.2.8:1, "
     "1800 try 192.0.2.8:1, 5200 try 192.0.2.8:1, 10200 try nowhere, "
     "12200 try 192.0.2.8:1, 17200 try nowhere"},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *peer = start(harness, row->first, row->profile[0] ? row->profile : NULL);

    harness_clear(harness);
    if (row->router[0] || row->third_party[0]) {
        harness_meet(harness, 1, "198.51.100.1:1");
        harness_meet(harness, 2, "198.51.100.2:1");
        harness_run(harness, SEC(3));
        harness_clear(harness);
    }
    advertise(harness, 1, peer, row->router);
    advertise(harness, 2, peer, row->third_party);
    timeline_assert(harness, peer, SEC(row->seconds), row->kinds, row->expected);
}

/* ---- a peer that is long away */

static const Row long_rows[] = {
    {"WireGuard's own retries end after 10 rounds",
     TRUE,
     {"192.0.2.1:1"},
     {NULL},
     {NULL},
     1300,
     TIMELINE_ENDPOINTS | TIMELINE_ALIVES,
     "1000 try 192.0.2.1:1, 1000 alive, 6000 alive, 11000 alive, 16000 alive, "
     "24000 alive, 40000 alive, 72000 alive, 136000 alive, 264000 alive, "
     "520001 alive, 820001 try 192.0.2.1:1, 820001 alive, 825001 try 192.0.2.1:1, "
     "1125002 alive, 1130002 try 192.0.2.1:1, 1280002 alive, 1285002 try 192.0.2.1:1",
     "135002 dump, 140002 dump"},
    {"a round follows after 300 s, and after 150 s if the peer is long away",
     TRUE,
     {"192.0.2.1:1", "192.0.2.2:1"},
     {NULL},
     {NULL},
     1300,
     TIMELINE_ENDPOINTS,
     "500 try 192.0.2.2:1, 800 try 192.0.2.1:1, 1300 try 192.0.2.2:1, "
     "1800 try 192.0.2.1:1, 2800 try 192.0.2.2:1, 3800 try 192.0.2.1:1, "
     "4800 try 192.0.2.2:1, 7200 try 192.0.2.1:1, 12200 try 192.0.2.2:1, "
     "17200 try 192.0.2.1:1, 24200 try 192.0.2.2:1, 29200 try 192.0.2.1:1, "
     "38200 try 192.0.2.2:1, 43200 try 192.0.2.1:1, 56200 try 192.0.2.2:1, "
     "61200 try 192.0.2.1:1, 82200 try 192.0.2.2:1, 87200 try 192.0.2.1:1, "
     "124200 try 192.0.2.2:1, 129200 try 192.0.2.1:1, 198200 try 192.0.2.2:1, "
     "203200 try 192.0.2.1:1, 336200 try 192.0.2.2:1, 341200 try 192.0.2.1:1, "
     "602201 try 192.0.2.2:1, 607201 try 192.0.2.1:1, 912201 try 192.0.2.2:1, "
     "917201 try 192.0.2.1:1, 1072201 try 192.0.2.2:1, 1077201 try 192.0.2.1:1, "
     "1232202 try 192.0.2.2:1, 1237202 try 192.0.2.1:1",
     "87202 dump, 92202 dump, 97202 dump"},
};

static void
test_long_away(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *peer = start(harness, row->first, row->profile);

    harness_clear(harness);
    timeline_assert(harness, peer, SEC(row->seconds), row->kinds, row->expected);
    /* What it answers shows that it is back: the device is read once a try. */
    harness_clear(harness);
    timeline_assert(harness, peer, SEC(170), TIMELINE_DUMPS, row->later);
}

/* ---- a captive portal */

static const Row portal_rows[] = {
    {"behind a captive portal an endpoint is tried once a minute",
     TRUE,
     {"192.0.2.1:1"},
     {NULL},
     {NULL},
     150,
     TIMELINE_ENDPOINTS | TIMELINE_ALIVES,
     "1000 try 192.0.2.1:1, 59000 alive, 64000 try 192.0.2.1:1, 119000 alive, "
     "124000 try 192.0.2.1:1"},
    {"behind a captive portal an on-link endpoint is tried as usual",
     TRUE,
     {"192.0.2.1:1", "192.168.1.33:1"},
     {NULL},
     {NULL},
     150,
     TIMELINE_ENDPOINTS,
     "200 try 192.168.1.33:1, 7200 try 192.168.1.33:1, 16200 try 192.168.1.33:1, "
     "29200 try 192.168.1.33:1, 50200 try 192.168.1.33:1, 87200 try 192.168.1.33:1, "
     "92200 try 192.0.2.1:1, 97200 try 192.168.1.33:1"},
};

static void
test_portal(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *peer = start(harness, row->first, row->profile);

    harness_run(harness, SEC(7));
    harness_clear(harness);
    wl_engine_set_connectivity(harness->engine, harness->now, WL_CONNECTIVITY_PORTAL);
    harness_drain(harness);
    timeline_assert(harness, peer, SEC(row->seconds), row->kinds, row->expected);
}

/* ---- members at one endpoint */

static const struct {
    const char *name;
    gint64 ago; /* since another member was tried at the endpoint of the router */
    const char *expected;
} shared_rows[] = {
    {"an endpoint that another member had 4.7 s ago is waited for", MS(4700),
     "300 try 192.0.2.1:1, 600 try 192.0.2.1:1, 1100 try 192.0.2.1:1, "
     "2100 try 192.0.2.1:1, 3100 try 192.0.2.8:1, 3600 try nowhere"},
    {"an endpoint that another member had 4.501 s ago is waited for", MS(4501),
     "499 try 192.0.2.1:1, 799 try 192.0.2.1:1, 1299 try 192.0.2.1:1, "
     "2299 try 192.0.2.1:1, 3299 try 192.0.2.8:1, 3799 try nowhere"},
    {"a third party has its turn for the 500 ms until an endpoint may be tried", MS(4500),
     "0 try 192.0.2.8:1, 500 try 192.0.2.1:1, 800 try 192.0.2.1:1, "
     "1300 try 192.0.2.1:1, 2300 try 192.0.2.1:1"},
    {"a third party has its turn until an endpoint may be tried", MS(1000),
     "0 try 192.0.2.8:1, 500 try nowhere, 4000 try 192.0.2.1:1, "
     "4300 try 192.0.2.1:1, 4800 try 192.0.2.1:1"},
};

static void
test_shared(gconstpointer data)
{
    static const char *const at[] = {"192.0.2.1:1", NULL}, *const other[] = {"192.0.2.8:1", NULL};
    gsize i = GPOINTER_TO_SIZE(data);
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *peer = start(harness, TRUE, NULL);
    WlEndpoint endpoint = harness_endpoint(at[0]);

    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.2:1");
    harness_run(harness, SEC(7));
    wl_handshake_limiter_note(&harness->engine->limiter, &endpoint,
                              &harness_member(harness, 9)->key, harness->now);
    harness_run(harness, shared_rows[i].ago);
    harness_clear(harness);
    advertise(harness, 1, peer, at);
    advertise(harness, 2, peer, other);
    timeline_assert(harness, peer, SEC(5), TIMELINE_ENDPOINTS, shared_rows[i].expected);
}

/* A peer without any endpoint begins with a first round when it has one again. */
static void
test_begins_anew(void)
{
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *peer = start(harness, TRUE, NULL);

    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.2:1");
    harness_run(harness, SEC(7));
    for (guint i = 0; i < 2; i++) {
        harness_clear(harness);
        harness_advertise_endpoint(harness, harness_member(harness, 2), peer, "192.0.2.8:1", 25);
        timeline_assert(
            harness, peer, SEC(30), TIMELINE_ENDPOINTS,
            "0 try 192.0.2.8:1, 500 try nowhere, 10000 try 192.0.2.8:1, 14000 try nowhere");
    }
}

/* An endpoint that a source advertises again after it was silent is tried at once, one that it
 * renews is not. */
static void
test_advertised_again(void)
{
    static const char *const at[] = {"192.0.2.1:1", NULL};
    static const struct {
        gint64 after;
        const char *expected;
    } times[] = {{SEC(135), ""}, {SEC(135) + 1, "0 try 192.0.2.1:1, 300 try nowhere"}};

    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(Harness) harness = harness_new();
        HarnessMember *peer = start(harness, TRUE, NULL);

        harness_meet(harness, 1, NULL);
        harness_run(harness, SEC(7));
        advertise(harness, 1, peer, at);
        harness_run(harness, SEC(100));
        harness_meet(harness, 1, NULL);
        harness_run(harness, times[i].after - SEC(100));
        harness_clear(harness);
        advertise(harness, 1, peer, at);
        timeline_assert(harness, peer, SEC(6), TIMELINE_ENDPOINTS, times[i].expected);
    }
}

/* The on-link endpoint of a third party begins the next round too, if it was not tried for 5 s. */
static void
test_round_of_new_endpoint(void)
{
    static const char *const at[] = {"192.0.2.1:1", NULL},
                             *const other[] = {"192.168.1.20:1", NULL},
                             *const later[] = {"192.0.2.5:1", NULL};
    g_autoptr(Harness) harness = harness_new();
    HarnessMember *peer = start(harness, TRUE, NULL);

    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.2:1");
    harness_run(harness, SEC(7));
    advertise(harness, 1, peer, at);
    advertise(harness, 2, peer, other);
    harness_clear(harness);
    timeline_assert(harness, peer, MS(10500), TIMELINE_ENDPOINTS,
                    "300 try 192.0.2.1:1, 800 try 192.0.2.1:1, 1800 try 192.0.2.1:1, "
                    "5200 try 192.168.1.20:1, 10200 try 192.0.2.1:1");
    advertise(harness, 1, peer, later);
    timeline_assert(harness, peer, SEC(3), TIMELINE_ENDPOINTS,
                    "200 try 192.168.1.20:1, 700 try 192.0.2.5:1, 1000 try 192.0.2.1:1, "
                    "1500 try 192.168.1.20:1, 2000 try 192.0.2.5:1, 2500 try 192.0.2.1:1");
}

/* A head start that began before the round trip was known ends as soon as it is over by then. */
static void
test_head_start(void)
{
    static const struct {
        const char *name;
        WlConnectPhase phase;
        int began, due, round_trip; /* ms from now; began 0: never */
        int expected;
    } times[] = {
        {"unknown round trip", WL_CONNECT_WAIT, -5, 95, 0, 95},
        {"short round trip", WL_CONNECT_WAIT, -5, 95, 30, 35},
        {"longer than what was assumed", WL_CONNECT_WAIT, -5, 95, 300, 95},
        {"a wait that is no head start", WL_CONNECT_WAIT, 0, 95, 30, 95},
        {"a slot", WL_CONNECT_SLOT, -5, 95, 30, 95},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(Harness) harness = harness_new();
        HarnessMember *member = start(harness, FALSE, NULL);
        WlEngine *engine = harness->engine;
        WlPeer *peer = wl_peer_table_find(&engine->peers, &member->key);

        g_test_message("%s", times[i].name);
        harness_meet(harness, 1, NULL);
        advertise(harness, 1, member, (const char *const[]){"192.0.2.1:1", NULL});
        peer->connect.phase = times[i].phase;
        peer->connect.restart = FALSE;
        peer->connect.due = engine->now + MS(times[i].due);
        peer->connect.head_start = times[i].began ? engine->now + MS(times[i].began) : WL_LONG_AGO;
        engine->uplink.round_trip.smoothed = MS(times[i].round_trip);
        wl_connect_run(engine, peer);
        g_assert_cmpint((peer->connect.due - engine->now) / MS(1), ==, times[i].expected);
    }
}

/* A leaf with sessions with the hub (1) and two third parties (2, 3), and peers without endpoints.
 */
static Harness *
crowd_new(guint first, guint last)
{
    Harness *harness = harness_new();
    WlEngineConfig *config = harness_config(harness, WL_ROLE_LEAF);

    harness_add(config, harness_member(harness, 1), HARNESS_HUB_ENDPOINT, "10.77.0.0/24");
    for (guint i = 2; i <= last; i++)
        if (i <= 3 || i >= first)
            harness_add(config, harness_member(harness, i), NULL, NULL);
    harness_start(harness, config);
    timeline_steady(harness);
    harness_uplink(harness, "192.168.1.10/24");
    harness_meet(harness, 1, NULL);
    harness_meet(harness, 2, "198.51.100.2:1");
    harness_meet(harness, 3, "198.51.100.3:1");
    harness_run(harness, SEC(7));
    harness_clear(harness);
    return harness;
}

/* Third parties leave initiations to peers of which something better is known. */
static void
test_many_of_a_third_party(void)
{
    g_autoptr(Harness) harness = crowd_new(4, 15);

    for (guint i = 4; i <= 15; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1", i);

        harness_advertise_endpoint(harness, harness_member(harness, 2), harness_member(harness, i),
                                   endpoint, 255);
    }
    timeline_assert(
        harness, NULL, SEC(9), TIMELINE_ENDPOINTS,
        "0 try 192.0.2.4:1, 0 try 192.0.2.5:1, 0 try 192.0.2.8:1, 0 try 192.0.2.11:1, "
        "500 try nowhere, 500 try nowhere, 500 try nowhere, 500 try nowhere, "
        "1000 try 192.0.2.12:1, 1500 try nowhere, 3000 try 192.0.2.13:1, "
        "3500 try nowhere, 5000 try 192.0.2.14:1, 5500 try nowhere, "
        "7100 try 192.0.2.9:1, 7600 try nowhere, 8100 try 192.0.2.15:1, 8600 try nowhere");
}

/* Of two third parties the one that had fewer tries has the next one, whichever endpoint comes
 * first. */
static void
test_fewest_tries(gconstpointer data)
{
    gboolean second = GPOINTER_TO_INT(data);
    g_autoptr(Harness) harness = crowd_new(4, 5);
    const HarnessMember *peer = harness_member(harness, 5);

    harness_advertise_endpoint(harness, harness_member(harness, 2), harness_member(harness, 4),
                               "192.0.2.9:1", 255);
    harness_advertise_endpoint(harness, harness_member(harness, 1), peer, "192.0.2.1:1", 255);
    for (guint i = 2; i <= 3; i++) {
        g_autofree char *endpoint = g_strdup_printf("192.0.2.%u:1", second ? i : 5 - i);

        harness_advertise_endpoint(harness, harness_member(harness, i), peer, endpoint, 255);
    }
    timeline_assert(harness, peer, SEC(4), TIMELINE_ENDPOINTS,
                    second ? "0 try 192.0.2.1:1, 300 try 192.0.2.1:1, 800 try 192.0.2.1:1, "
                             "1800 try 192.0.2.1:1, 2800 try 192.0.2.3:1, 3300 try 192.0.2.2:1, "
                             "3800 try nowhere"
                           : "0 try 192.0.2.1:1, 300 try 192.0.2.1:1, 800 try 192.0.2.1:1, "
                             "1800 try 192.0.2.1:1, 2800 try 192.0.2.2:1, 3300 try 192.0.2.3:1, "
                             "3800 try nowhere");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/connect/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(long_rows); i++) {
        g_autofree char *name = g_strdup_printf("/connect/%s", long_rows[i].name);
        g_test_add_data_func(name, &long_rows[i], test_long_away);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(portal_rows); i++) {
        g_autofree char *name = g_strdup_printf("/connect/%s", portal_rows[i].name);
        g_test_add_data_func(name, &portal_rows[i], test_portal);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(shared_rows); i++) {
        g_autofree char *name = g_strdup_printf("/connect/%s", shared_rows[i].name);
        g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_shared);
    }
    g_test_add_func("/connect/a peer without endpoints begins anew", test_begins_anew);
    g_test_add_func("/connect/an endpoint that is advertised again", test_advertised_again);
    g_test_add_func("/connect/a new endpoint of a router begins a round",
                    test_round_of_new_endpoint);
    g_test_add_func("/connect/third parties leave initiations to others",
                    test_many_of_a_third_party);
    g_test_add_data_func("/connect/the third party with fewer tries is next/first endpoint",
                         GINT_TO_POINTER(FALSE), test_fewest_tries);
    g_test_add_data_func("/connect/the third party with fewer tries is next/second endpoint",
                         GINT_TO_POINTER(TRUE), test_fewest_tries);
    g_test_add_func("/connect/head-start", test_head_start);
    return g_test_run();
}
