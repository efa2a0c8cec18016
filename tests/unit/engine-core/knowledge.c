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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/knowledge", test_knowledge);
    g_test_add_func("/knowledge-of-many", test_knowledge_of_many);
    return g_test_run();
}
