/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who knows which fact until when. */
#include "harness.h"
#include "state/wl-engine-state.h"

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

/* ---- expiries in units of 2^20 us */

#define UNITS(n) ((gint64) (n) << 20)

/* A peer knows a fact for 100 units. */
static void
test_needs(void)
{
    static const struct {
        gint64 expires, now, margin;
        gboolean needs;
    } rows[] = {
        {UNITS(200), UNITS(100), 0, TRUE},        {UNITS(200), UNITS(100) - 1, 0, FALSE},
        {UNITS(200), UNITS(60), UNITS(40), TRUE}, {UNITS(200), UNITS(60) - 1, UNITS(40), FALSE},
        {UNITS(100), UNITS(100), 0, FALSE},       {UNITS(101) - 1, UNITS(150), 0, FALSE},
        {UNITS(101), UNITS(150), 0, TRUE},
    };
    WlKnowledge knowledge = {0};

    wl_knowledge_learn(&knowledge, 3, UNITS(100));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %u", i);
        g_assert_cmpint(
            wl_knowledge_needs(&knowledge, 3, rows[i].expires, rows[i].now, rows[i].margin), ==,
            rows[i].needs);
        g_assert_true(
            wl_knowledge_needs(&knowledge, 4, rows[i].expires, rows[i].now, rows[i].margin));
    }
    wl_knowledge_clear(&knowledge);
    g_assert_cmpuint(knowledge.n_groups, ==, 0);
    g_assert_true(wl_knowledge_needs(&knowledge, 3, UNITS(200), 0, 0));
}

/* What is known is never "nothing", and never more than fits. */
static void
test_extremes(void)
{
    WlKnowledge knowledge = {0};

    wl_knowledge_learn(&knowledge, 0, 0);
    wl_knowledge_learn(&knowledge, 1, G_MAXINT64);
    wl_knowledge_learn(&knowledge, 2, UNITS(2) - 1);
    g_assert_cmpint(wl_knowledge_get(&knowledge, 0), ==, UNITS(1));
    g_assert_cmpint(wl_knowledge_get(&knowledge, 1), ==, UNITS(G_MAXUINT32));
    g_assert_cmpint(wl_knowledge_get(&knowledge, 2), ==, UNITS(1));
    wl_knowledge_clear(&knowledge);
}

/* Peers come to know a fact and forget it, few or most of them, with few or many expiries: an array
 * of what each knows says the same. */
static const struct {
    guint peers, expiries, forgets; /* percent */
} crowds[] = {{3, 2, 30}, {64, 1, 50}, {65, 3, 5}, {200, 8, 20}, {700, 2, 1}, {700, 6, 40}};

static void
test_crowd(gconstpointer data)
{
    guint crowd = GPOINTER_TO_UINT(data);
    guint n = crowds[crowd].peers;
    g_autoptr(GRand) random = g_rand_new_with_seed(crowd);
    g_autofree gint64 *until = g_new0(gint64, n);
    WlKnowledge knowledge = {0};

    for (guint i = 0; i < 20 * n; i++) {
        guint slot = (guint) g_rand_int_range(random, 0, (gint) n);
        guint later = (guint) g_rand_int_range(random, 0, (gint) crowds[crowd].expiries);

        if ((guint) g_rand_int_range(random, 0, 100) < crowds[crowd].forgets) {
            wl_knowledge_forget(&knowledge, slot);
            until[slot] = 0;
        } else {
            wl_knowledge_learn(&knowledge, slot, UNITS(10 + later));
            until[slot] = MAX(until[slot], UNITS(10 + later));
        }
        for (guint j = 0; j < n; j++)
            g_assert_cmpint(wl_knowledge_get(&knowledge, j), ==, until[j]);
        g_assert_cmpint(wl_knowledge_get(&knowledge, n + 200), ==, 0);
    }
    wl_knowledge_clear(&knowledge);
}

/* The slots of the largest group are not stored, whichever that is. */
static void
test_rest(void)
{
    WlKnowledge knowledge = {0};

    for (guint slot = 0; slot < 640; slot++)
        wl_knowledge_learn(&knowledge, slot, UNITS(10));
    g_assert_cmpuint(knowledge.rest, ==, 1);
    g_assert_cmpuint(knowledge.groups[0].set.count, ==, 0);
    g_assert_cmpuint(knowledge.unknown.count, ==, 0);
    /* a few are a list, however late they come */
    wl_knowledge_learn(&knowledge, 639, UNITS(11));
    wl_knowledge_learn(&knowledge, 5, UNITS(11));
    wl_knowledge_forget(&knowledge, 7);
    g_assert_cmpuint(knowledge.groups[1].set.count, ==, 2);
    g_assert_cmpuint(knowledge.groups[1].set.room, ==, WL_KNOWLEDGE_FEW);
    g_assert_cmpuint(knowledge.unknown.count, ==, 1);
    /* while many change, they are bits */
    for (guint slot = 100; slot < 200; slot++)
        wl_knowledge_learn(&knowledge, slot, UNITS(11));
    g_assert_cmpuint(knowledge.groups[1].set.count, ==, 102);
    g_assert_cmpuint(knowledge.groups[1].set.room, ==, 0);
    for (guint slot = 200; slot < 640; slot++)
        wl_knowledge_learn(&knowledge, slot, UNITS(11));
    g_assert_cmpuint(knowledge.rest, ==, 2);
    g_assert_cmpuint(knowledge.groups[1].set.count, ==, 0);
    /* a peer that comes later knows nothing */
    wl_knowledge_learn(&knowledge, 1000, UNITS(11));
    g_assert_cmpint(wl_knowledge_get(&knowledge, 999), ==, 0);
    g_assert_cmpint(wl_knowledge_get(&knowledge, 1000), ==, UNITS(11));
    g_assert_cmpint(wl_knowledge_get(&knowledge, 7), ==, 0);
    g_assert_cmpint(wl_knowledge_get(&knowledge, 0), ==, UNITS(10));
    g_assert_cmpint(wl_knowledge_get(&knowledge, 300), ==, UNITS(11));
    /* none of them knows it any more */
    for (guint slot = 0; slot <= 1000; slot++)
        wl_knowledge_forget(&knowledge, slot);
    g_assert_cmpuint(knowledge.n_groups, ==, 0);
    g_assert_cmpuint(knowledge.rest, ==, 0);
    g_assert_cmpuint(knowledge.unknown.count, ==, 0);
    wl_knowledge_clear(&knowledge);
}

/* A peer for each of eight expiries, and a ninth: the two closest become one. */
static const struct {
    const char *name;
    guint until[9];
    guint early, late; /* peers */
} merges[] = {
    {"the first two", {10, 12, 20, 30, 40, 50, 60, 70, 80}, 0, 1},
    {"the last two", {10, 20, 30, 40, 50, 60, 70, 72, 90}, 6, 7},
    {"whichever of them came first", {10, 20, 30, 52, 40, 50, 60, 70, 90}, 5, 3},
    {"the last and the first", {11, 20, 30, 40, 50, 60, 70, 10, 90}, 7, 0},
    {"of those as close the first", {10, 20, 30, 40, 50, 60, 70, 80, 99}, 0, 1},
    {"a difference of one", {10, 20, 30, 40, 41, 42, 60, 80, 90}, 3, 4},
};

static void
test_merge(gconstpointer data)
{
    const guint row = GPOINTER_TO_UINT(data);
    WlKnowledge knowledge = {0};

    for (guint i = 0; i < 9; i++) {
        g_assert_cmpuint(knowledge.n_groups, ==, MIN(i, WL_KNOWLEDGE_GROUPS));
        wl_knowledge_learn(&knowledge, i * 60, UNITS(merges[row].until[i]));
    }
    g_assert_cmpuint(knowledge.n_groups, ==, WL_KNOWLEDGE_GROUPS);
    for (guint i = 0; i < 9; i++) {
        guint peer = i == merges[row].late ? merges[row].early : i;
        g_assert_cmpint(wl_knowledge_get(&knowledge, i * 60), ==, UNITS(merges[row].until[peer]));
    }
    for (guint i = 0; i < knowledge.n_groups; i++)
        g_assert_cmpuint(knowledge.groups[i].count, ==,
                         knowledge.groups[i].until == merges[row].until[merges[row].early] ? 2 : 1);
    /* they leave it one by one */
    wl_knowledge_forget(&knowledge, merges[row].early * 60);
    g_assert_cmpint(wl_knowledge_get(&knowledge, merges[row].late * 60), >, 0);
    g_assert_cmpuint(knowledge.n_groups, ==, WL_KNOWLEDGE_GROUPS);
    wl_knowledge_forget(&knowledge, merges[row].late * 60);
    g_assert_cmpuint(knowledge.n_groups, ==, WL_KNOWLEDGE_GROUPS - 1);
    wl_knowledge_clear(&knowledge);
}

/* Memory follows the number of groups, and what is known already changes nothing. */
static void
test_room(void)
{
    static const guint up[] = {1, 2, 4, 4, 8, 8, 8, 8}, down[] = {8, 8, 8, 8, 8, 4, 2, 1};
    WlKnowledge knowledge = {0};

    for (guint i = 0; i < 8; i++) {
        wl_knowledge_learn(&knowledge, i, UNITS(10 + i));
        g_assert_cmpuint(knowledge.room, ==, up[i]);
        g_assert_cmpuint(knowledge.words, ==, 1);
    }
    for (guint i = 0; i < 8; i++) {
        wl_knowledge_learn(&knowledge, i, UNITS(10 + i));
        wl_knowledge_learn(&knowledge, i, UNITS(9 + i));
    }
    for (guint i = 0; i < 8; i++) {
        g_assert_cmpuint(knowledge.groups[i].until, ==, 10 + i);
        g_assert_cmpuint(knowledge.groups[i].count, ==, 1);
    }
    wl_knowledge_learn(&knowledge, 63, UNITS(10));
    g_assert_cmpuint(knowledge.words, ==, 1);
    wl_knowledge_learn(&knowledge, 64, UNITS(10));
    g_assert_cmpuint(knowledge.words, ==, 2);
    g_assert_cmpuint(knowledge.room, ==, 8);
    g_assert_cmpuint(knowledge.groups[0].count, ==, 3);
    wl_knowledge_forget(&knowledge, 63);
    wl_knowledge_forget(&knowledge, 64);
    for (guint i = 0; i < 8; i++) {
        wl_knowledge_forget(&knowledge, i);
        g_assert_cmpuint(knowledge.room, ==, down[i]);
        for (guint j = 0; j < 8; j++)
            g_assert_cmpint(wl_knowledge_get(&knowledge, j), ==, j <= i ? 0 : UNITS(10 + j));
    }
    wl_knowledge_clear(&knowledge);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/knowledge", test_knowledge);
    g_test_add_func("/knowledge-of-many", test_knowledge_of_many);
    g_test_add_func("/knowledge/who needs a fact again", test_needs);
    g_test_add_func("/knowledge/extremes", test_extremes);
    for (gsize i = 0; i < G_N_ELEMENTS(merges); i++) {
        g_autofree char *name = g_strdup_printf("/knowledge/merges %s", merges[i].name);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_merge);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(crowds); i++) {
        g_autofree char *name = g_strdup_printf("/knowledge/%u peers, %u expiries", crowds[i].peers,
                                                crowds[i].expiries);
        g_test_add_data_func(name, GUINT_TO_POINTER(i), test_crowd);
    }
    g_test_add_func("/knowledge/what is not stored", test_rest);
    g_test_add_func("/knowledge/memory", test_room);
    return g_test_run();
}
