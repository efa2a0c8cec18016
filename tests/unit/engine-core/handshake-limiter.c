/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may initiate next, one row each. */
#include "state/wl-handshake-limiter.h"

#include <string.h>

#include "state/wl-timing.h"

#define NOW   WL_SEC(10000)
#define PEERS 60

typedef struct {
    const char *name;
    guint busy;        /* peers that ask for an initiation again and again, each every 0.5 s */
    guint for_seconds; /* until the peer asks for its first one */
    gboolean last;     /* it is the one that asks after all others in a turn */
    gboolean hearsay;  /* the busy ones are third parties */
    guint expect;      /* ms after which it has it, at most */
} Turn;

/* clang-format off */
static const Turn turns[] = {
    {"no other peer", 0, 1, FALSE, FALSE, 0},
    {"twenty others that began before", 20, 10, FALSE, FALSE, 100},
    {"likewise, after them in the turn", 20, 10, TRUE, FALSE, 200},
    {"fifty others", 50, 30, TRUE, FALSE, 200},
    {"twenty that begin at the same time", 20, 0, TRUE, FALSE, 1100},
    {"third parties", 20, 10, TRUE, TRUE, 0},
};
/* clang-format on */

static WlKey
key_of(guint number)
{
    WlKey key = {{0}};

    memcpy(key.bytes, &number, sizeof(number));
    return key;
}

typedef struct {
    WlHandshakeLimiter limiter;
    WlFairShare shares[PEERS];
    gint64 due[PEERS];
    guint tries[PEERS];
} World;

static void
ask(World *world, guint peer, gboolean hearsay, gint64 now)
{
    WlKey key = key_of(peer);
    gint64 when = now + WL_SEC(1);
    gboolean taken =
        hearsay
            ? wl_handshake_limiter_take_third_party(&world->limiter, &world->shares[peer], now)
            : wl_handshake_limiter_take(&world->limiter, &key, &world->shares[peer], now, &when);

    if (!taken)
        g_assert_cmpint(when, >, now);
    world->tries[peer] += taken;
    world->due[peer] = taken ? now + WL_MS(500) : when;
}

static void
test_turn(gconstpointer data)
{
    const Turn *row = data;
    g_autofree World *world = g_new0(World, 1);
    guint one = row->last ? PEERS - 1 : 0;
    guint last_second = 0;
    gint64 begins = NOW + WL_SEC(row->for_seconds);

    for (guint i = 0; i < PEERS; i++)
        world->due[i] = NOW;
    world->due[one] = begins;
    for (gint64 now = NOW; world->tries[one] == 0; now += WL_MS(1)) {
        guint all = 0;

        g_assert_cmpint(now, <=, begins + WL_MS(row->expect));
        for (guint i = 0; i < PEERS; i++) {
            if (world->due[i] <= now && (i == one || (i != 0 && i <= row->busy)))
                ask(world, i, row->hearsay && i != one, now);
            all += world->tries[i];
        }
        if ((now - NOW) % WL_SEC(1) != 0)
            continue;
        /* a burst, and ten a second */
        g_assert_cmpuint(all - last_second, <=, 20);
        last_second = all;
    }
    /* the others have had their turns as well */
    for (guint i = 2; i <= row->busy && row->for_seconds > 0 && !row->hearsay; i++)
        g_assert_cmpint(ABS((int) world->tries[i] - (int) world->tries[1]), <=, 2);
    wl_handshake_limiter_clear(&world->limiter);
}

/* Peers that do not come for their turn, or no longer need it, hold no other peer up for long. */
static void
test_gone(void)
{
    for (guint leaves = 0; leaves < 2; leaves++) {
        WlHandshakeLimiter limiter = {.next = 0};
        WlFairShare shares[PEERS] = {0};
        gint64 when = NOW, now = NOW;
        WlKey key;

        for (guint i = 0; i < PEERS - 1; i++) {
            key = key_of(i);
            (void) wl_handshake_limiter_take(&limiter, &key, &shares[i], now, &when);
        }
        for (guint i = 0; leaves && i < PEERS - 1; i++) {
            key = key_of(i);
            wl_handshake_limiter_leave(&limiter, &key);
        }
        key = key_of(PEERS - 1);
        while (!wl_handshake_limiter_take(&limiter, &key, &shares[PEERS - 1], now, &when))
            now = when;
        g_assert_cmpint(now, <=, NOW + (leaves ? WL_MS(100) : WL_SEC(4)));
        g_assert_cmpuint(limiter.waiting ? limiter.waiting->len : 0, <, PEERS);
        wl_handshake_limiter_clear(&limiter);
    }
}

/* Third parties share their part as well, and leave half of the burst. */
static void
test_third_parties(void)
{
    WlHandshakeLimiter limiter = {.next = 0};
    WlFairShare liar = {0}, other = {0}, peer = {0};
    WlKey key = key_of(1);
    guint n = 0;

    for (gint64 now = NOW; now < NOW + WL_SEC(60); now += WL_MS(10))
        n += wl_handshake_limiter_take_third_party(&limiter, &liar, now);
    g_assert_cmpuint(n, <=, 60);
    g_assert_true(wl_handshake_limiter_take_third_party(&limiter, &other, NOW + WL_SEC(60)));
    for (guint i = 0; i < WL_INITIATION_BURST / 2; i++)
        g_assert_true(wl_handshake_limiter_take(&limiter, &key, &peer, NOW + WL_SEC(100), NULL));
    g_assert_false(wl_handshake_limiter_take_third_party(&limiter, &other, NOW + WL_SEC(100)));
    wl_handshake_limiter_clear(&limiter);
}

/* ---- one question after the other */

static void
empty(WlHandshakeLimiter *limiter, guint left, gint64 now)
{
    WlFairShare other = {0};
    WlKey key = key_of(PEERS);

    for (guint i = 0; i < WL_INITIATION_BURST - left; i++)
        g_assert_true(wl_handshake_limiter_take(limiter, &key, &other, now, NULL));
}

/* Peers ask an empty bucket in this order; the next token is for one of them. */
static const struct {
    const char *name;
    guint used[3];  /* initiations of each before that count */
    guint asked[3]; /* ms after which each asks */
    guint next;     /* whose turn it is */
} lines[] = {
    {"the one that asked first", {0, 0, 0}, {0, 1, 2}, 0},
    {"not the one that entered the line first", {0, 0, 0}, {2, 0, 1}, 1},
    {"of those that asked at once the first in the line", {0, 0, 0}, {1, 1, 1}, 0},
    {"the one with the fewest initiations", {2, 1, 2}, {0, 9, 0}, 1},
    {"the one with none, though it asked last", {1, 1, 0}, {0, 1, 9}, 2},
    {"of those with as many the one that asked first", {3, 1, 1}, {0, 8, 7}, 2},
};

static void
test_line(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);

    for (guint asks = 0; asks < 3; asks++) {
        g_autofree World *world = g_new0(World, 1);
        gint64 when;

        for (guint i = 0; i < 3; i++) {
            for (guint j = 0; j < lines[row].used[i]; j++)
                wl_fair_share_add(&world->shares[i], NOW, WL_INITIATION_SHARE);
        }
        empty(&world->limiter, 0, NOW);
        for (guint ms = 0; ms < 10; ms++) {
            for (guint i = 0; i < 3; i++) {
                WlKey key = key_of(i);
                if (lines[row].asked[i] == ms)
                    g_assert_false(wl_handshake_limiter_take(
                        &world->limiter, &key, &world->shares[i], NOW + WL_MS(ms), &when));
            }
        }
        for (guint i = 0; i < 2; i++) { /* to ask again costs no place in the line */
            WlKey key = key_of(asks);
            gint64 now = NOW + WL_MS(i == 0 ? 99 : 100);

            g_assert_cmpint(
                wl_handshake_limiter_take(&world->limiter, &key, &world->shares[asks], now, &when),
                ==, i == 1 && asks == lines[row].next);
        }
        g_assert_cmpuint(world->limiter.waiting->len, ==, asks == lines[row].next ? 2 : 3);
        wl_handshake_limiter_clear(&world->limiter);
    }
}

/* Those that wait ask again when it is their turn, at most a second and a millisecond for each peer
 * before them later. */
static void
test_when(void)
{
    WlHandshakeLimiter limiter = {.next = 0};
    WlFairShare shares[PEERS] = {0};
    gint64 when = 0;

    empty(&limiter, 0, NOW);
    for (guint i = 0; i < PEERS; i++) {
        WlKey key = key_of(i);

        g_assert_false(wl_handshake_limiter_take(&limiter, &key, &shares[i], NOW, &when));
        g_assert_cmpint(when - NOW, ==, MIN(WL_MS(100) * (i + 1), WL_MS(1000 + i)));
        g_assert_cmpuint(limiter.waiting->len, ==, i + 1);
    }
    wl_handshake_limiter_clear(&limiter);
}

/* Tokens that are there are for the first in the line. */
static void
test_when_some_are_left(void)
{
    static const struct {
        guint left, before; /* tokens, and peers in the line */
        gint64 now, when;   /* us */
    } rows[] = {
        {0, 0, 0, WL_MS(100)},
        {0, 1, 0, WL_MS(200)},
        {0, 0, WL_MS(99) + 500, WL_MS(100) + 500}, /* not at once */
        {1, 2, 0, WL_MS(100)},
        {2, 2, 0, WL_MS(1)},
        {3, 5, 0, WL_MS(200)},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlHandshakeLimiter limiter = {.next = 0};
        WlFairShare shares[PEERS] = {0};
        WlKey key = key_of(PEERS - 1);
        gint64 now = NOW + rows[i].now, when = 0;

        g_test_message("row %u", i);
        for (guint j = 0; j < rows[i].before; j++) {
            WlHandshakeWaiter waiter = {.peer = key_of(j), .since = NOW - 1, .asks = now};
            if (!limiter.waiting)
                limiter.waiting = g_array_new(FALSE, FALSE, sizeof(waiter));
            g_array_append_val(limiter.waiting, waiter);
        }
        limiter.rate.next = NOW + WL_INITIATION_INTERVAL * (WL_INITIATION_BURST - rows[i].left);
        g_assert_false(wl_handshake_limiter_take(&limiter, &key, &shares[PEERS - 1], now, NULL));
        g_assert_cmpuint(limiter.waiting ? limiter.waiting->len : 0, ==, rows[i].before);
        g_assert_false(wl_handshake_limiter_take(&limiter, &key, &shares[PEERS - 1], now, &when));
        g_assert_cmpint(when - NOW, ==, rows[i].when);
        g_assert_cmpuint(limiter.waiting->len, ==, rows[i].before + 1);
        wl_handshake_limiter_clear(&limiter);
    }
}

/* A peer keeps its turn for a second after it should have asked. */
static void
test_late(void)
{
    for (guint late = 0; late < 2; late++) {
        WlHandshakeLimiter limiter = {.next = 0};
        WlFairShare first = {0}, second = {0};
        WlKey key = key_of(1), other = key_of(2);
        gint64 when = 0, now;

        empty(&limiter, 0, NOW);
        g_assert_false(wl_handshake_limiter_take(&limiter, &key, &first, NOW, &when));
        now = when + WL_SEC(1) + late;
        empty(&limiter, 1, now);
        g_assert_cmpint(wl_handshake_limiter_take(&limiter, &other, &second, now, NULL), ==, late);
        g_assert_cmpuint(limiter.waiting->len, ==, 1 - late);
        wl_handshake_limiter_clear(&limiter);
    }
}

/* One initiation to each endpoint within five seconds; the last 64 are remembered. */
static void
test_endpoints(void)
{
    static const struct {
        guint others; /* endpoints tried afterwards */
        gboolean same;
        gint64 earliest, expect; /* us */
        guint own;               /* the peer that asks and knows its own initiations; 0: none */
    } rows[] = {
        {0, TRUE, 0, 0, .own = 1},
        {0, TRUE, 0, WL_SEC(5), .own = 2},
        {0, TRUE, 0, WL_SEC(5)},
        {0, TRUE, WL_SEC(5) - 1, WL_SEC(5)},
        {0, TRUE, WL_SEC(5), WL_SEC(5)},
        {0, TRUE, WL_SEC(7), WL_SEC(7)},
        {0, FALSE, 0, 0},
        {63, TRUE, 0, WL_SEC(5)},
        {64, TRUE, 0, 0},
        {64, FALSE, 0, 0},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlEndpoint endpoint = {.ip = {.family = WL_FAMILY_V4, .bytes = {192, 0, 2, 1}}, .port = 7};
        WlHandshakeLimiter limiter = {.next = 0};
        const WlKey peer = key_of(1), own = key_of(rows[i].own);
        WlEndpoint other = endpoint;

        g_test_message("row %u", i);
        wl_handshake_limiter_note(&limiter, &endpoint, &peer, NOW);
        for (guint j = 0; j < rows[i].others; j++) {
            other.port = (guint16) (100 + j);
            wl_handshake_limiter_note(&limiter, &other, &peer, NOW);
        }
        other.port = rows[i].same ? 7 : 99;
        g_assert_cmpint(wl_handshake_limiter_earliest(&limiter, &other, rows[i].own ? &own : NULL,
                                                      NOW + rows[i].earliest),
                        ==, NOW + rows[i].expect);
    }
}

/* Third parties take only what leaves half of the burst, and take it from the peers' bucket. */
static void
test_third_parties_leave(void)
{
    for (guint left = 0; left <= WL_INITIATION_BURST; left++) {
        WlHandshakeLimiter limiter = {.next = 0};
        WlFairShare first = {0}, second = {0};

        empty(&limiter, left, NOW);
        g_assert_cmpint(wl_handshake_limiter_take_third_party(&limiter, &first, NOW), ==, left > 5);
        g_assert_cmpint(wl_handshake_limiter_take_third_party(&limiter, &second, NOW), ==,
                        left > 6);
    }
}

/* A third party that takes all it can get leaves one of eight for each that it took. */
static void
test_third_party_share(void)
{
    WlHandshakeLimiter limiter = {.next = 0};
    WlFairShare one = {0}, other = {0};
    guint n = 0;

    for (guint i = 0; i < 9; i++) {
        limiter.rate = (WlRateLimit){0};
        n += wl_handshake_limiter_take_third_party(&limiter, &one, NOW);
    }
    g_assert_cmpuint(n, ==, 4);
    limiter.rate = (WlRateLimit){0};
    g_assert_true(wl_handshake_limiter_take_third_party(&limiter, &other, NOW));
}

/* What one source takes of a bucket leaves the rest to the others. */
static void
test_fair_limit(void)
{
    static const struct {
        guint sources, each, expect, first; /* they take in turns; what the next one gets */
    } rows[] = {{1, 99, 9, 1}, {2, 99, 16, 1}, {10, 1, 10, 1}, {59, 1, 59, 1}, {60, 1, 60, 0}};
    const WlFairRate rate = {.interval = WL_SEC(2), .burst = 60, .refill = WL_SEC(60), .step = 6};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlFairShare shares[PEERS] = {0}, next = {0};
        WlRateLimit all = {0};
        guint n = 0;

        for (guint j = 0; j < rows[i].each; j++) {
            for (guint k = 0; k < rows[i].sources; k++)
                n += wl_fair_limit_take(&all, &shares[k], NOW, &rate);
        }
        g_assert_cmpuint(n, ==, rows[i].expect);
        g_assert_cmpuint(wl_fair_limit_take(&all, &next, NOW, &rate), ==, rows[i].first);
        /* a single source is not held back for ever */
        g_assert_true(wl_fair_limit_take(&all, &shares[0], NOW + WL_SEC(600), &rate));
    }
}

/* Of peers that began to wait at the same time each has its turn, in the order in which they asked.
 */
static void
test_same_time(void)
{
    WlHandshakeLimiter limiter = {0};
    WlFairShare others[WL_INITIATION_BURST] = {0}, shares[3] = {0};
    gint64 when;

    for (guint i = 0; i < WL_INITIATION_BURST; i++) {
        WlKey key = key_of(100 + i);
        g_assert_true(wl_handshake_limiter_take(&limiter, &key, &others[i], NOW, &when));
    }
    for (guint i = 0; i < 3; i++) {
        WlKey key = key_of(i);
        g_assert_false(wl_handshake_limiter_take(&limiter, &key, &shares[i], NOW, &when));
        g_assert_cmpint(when, ==, NOW + (gint64) (i + 1) * WL_INITIATION_INTERVAL);
    }
    for (guint turn = 0; turn < 3; turn++) {
        for (guint i = 3; i-- > turn;) {
            WlKey key = key_of(i);
            g_assert_cmpint(wl_handshake_limiter_take(&limiter, &key, &shares[i],
                                                      NOW + (turn + 1) * WL_INITIATION_INTERVAL,
                                                      &when),
                            ==, i == turn);
        }
    }
    wl_handshake_limiter_clear(&limiter);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
        g_autofree char *name = g_strdup_printf("/handshake-limiter/%s", turns[i].name);
        g_test_add_data_func(name, &turns[i], test_turn);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *name = g_strdup_printf("/handshake-limiter/next is %s", lines[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_line);
    }
    g_test_add_func("/handshake-limiter/when a peer asks again", test_when);
    g_test_add_func("/handshake-limiter/when some are left", test_when_some_are_left);
    g_test_add_func("/handshake-limiter/a late peer loses its turn", test_late);
    g_test_add_func("/handshake-limiter/one to each endpoint", test_endpoints);
    g_test_add_func("/handshake-limiter/third parties leave half", test_third_parties_leave);
    g_test_add_func("/handshake-limiter/one third party leaves most", test_third_party_share);
    g_test_add_func("/handshake-limiter/gone", test_gone);
    g_test_add_func("/handshake-limiter/third-parties", test_third_parties);
    g_test_add_func("/handshake-limiter/fair-limit", test_fair_limit);
    g_test_add_func("/handshake-limiter/peers that began at the same time", test_same_time);
    return g_test_run();
}
