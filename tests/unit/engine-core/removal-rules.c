/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may confirm that a fact ended, and who acts on it (docs/protocol.md 6.4), at the moment at
 * which the answer changes. */
#include "harness.h"
#include "state/wl-engine-state.h"
#include "state/wl-removal-rules.h"

#define NOW SEC(1000)

typedef struct {
    const char *sentence;
    WlPeerLiveness liveness;
    gboolean authoritative;
} Row;

#define LIVENESS(heard, since, until)                                                              \
    {                                                                                              \
        .healthy = TRUE, .alive = TRUE, .last_alive = NOW - (heard), .alive_since = NOW - (since), \
        .alive_until = NOW + (until)                                                               \
    }
#define HEARD WL_AUTHORITATIVE_HEARD
#define SINCE WL_AUTHORITATIVE_SINCE
#define LEFT  WL_AUTHORITATIVE_LEFT

static const Row rows[] = {
    {"heard in time, alive for long, and for some time to come", LIVENESS(0, SINCE, LEFT + 1),
     TRUE},
    {"last heard just in time", LIVENESS(HEARD - 1, SINCE, LEFT + 1), TRUE},
    {"last heard too long ago", LIVENESS(HEARD, SINCE, LEFT + 1), FALSE},
    {"not yet alive for long", LIVENESS(0, SINCE - 1, LEFT + 1), FALSE},
    {"its Alive soon ends", LIVENESS(0, SINCE, LEFT), FALSE},
    {"without a session",
     {.alive = TRUE, .last_alive = NOW, .alive_since = NOW - SINCE, .alive_until = NOW + LEFT + 1},
     FALSE},
    {"not alive",
     {.healthy = TRUE,
      .last_alive = NOW,
      .alive_since = NOW - SINCE,
      .alive_until = NOW + LEFT + 1},
     FALSE},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    const WlPeer peer = {.liveness = row->liveness};

    g_assert_cmpint(wl_peer_is_authoritative(&peer, NOW), ==, row->authoritative);
}

typedef struct {
    const char *sentence;
    gint64 runs; /* for so long */
    gboolean router;
    WlTrust trust; /* in this member, by the profile */
    gboolean deconfigures, deletes;
} OwnRow;

static const OwnRow own_rows[] = {
    {"a leaf that runs for longer than a FactTTL", WL_FACT_TTL + 1, FALSE, WL_TRUST_UNSET, TRUE,
     TRUE},
    {"a leaf that runs for a FactTTL", WL_FACT_TTL, FALSE, WL_TRUST_UNSET, FALSE, FALSE},
    {"a router", SEC(1000), TRUE, WL_TRUST_UNSET, FALSE, FALSE},
    {"one trusted with endpoints", SEC(1000), FALSE, WL_TRUST_ENDPOINT, TRUE, TRUE},
    {"one trusted with allowed IPs", SEC(1000), FALSE, WL_TRUST_ALLOWED_IPS, FALSE, TRUE},
    {"one trusted with members", SEC(1000), FALSE, WL_TRUST_MEMBERSHIP, FALSE, FALSE},
};

static void
test_own_row(gconstpointer data)
{
    const OwnRow *row = data;
    g_autoptr(GPtrArray) authorities = g_ptr_array_new();
    WlPeer silent = {.liveness = LIVENESS(HEARD, SINCE, LEFT + 1)};
    WlPeer authority = {.liveness = LIVENESS(0, SINCE, LEFT + 1)};
    WlEngine engine = {.now = NOW,
                       .started = NOW - row->runs,
                       .own = {.router = row->router, .trust = row->trust},
                       .peers = {.authorities = authorities}};

    g_assert_cmpint(wl_engine_may_deconfigure(&engine), ==, row->deconfigures);
    g_assert_false(wl_engine_may_delete(&engine));
    g_ptr_array_add(authorities, &silent);
    g_assert_false(wl_engine_may_delete(&engine));
    g_ptr_array_add(authorities, &authority);
    g_assert_cmpint(wl_engine_may_delete(&engine), ==, row->deletes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/removal-rules/source/%s", rows[i].sentence);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(own_rows); i++) {
        g_autofree char *path = g_strdup_printf("/removal-rules/own/%s", own_rows[i].sentence);
        g_test_add_data_func(path, &own_rows[i], test_own_row);
    }
    return g_test_run();
}
