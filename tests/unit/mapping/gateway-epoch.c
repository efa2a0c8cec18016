/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-gateway-epoch.h"

/* RFC 6887, section 8.5: seconds that passed here and at the gateway. */
static void
test_epoch(void)
{
    static const struct {
        const char *sentence;
        gint64 ours;
        gint32 theirs;
        gboolean lost;
    } cases[] = {
        {"both clocks go alike", 3600, 3600, FALSE},
        {"the same second is read twice", 0, 0, FALSE},
        {"replies overtake each other by a second", 0, -1, FALSE},
        {"the gateway's clock went back by two seconds", 0, -2, TRUE},
        {"the gateway started anew", 3600, -10000, TRUE},
        {"two seconds of rounding", 2, 0, FALSE},
        {"the gateway's clock stands still", 4, 0, TRUE},
        {"the gateway's clock leaps", 0, 3, TRUE},
        {"the gateway's clock rounds up", 0, 2, FALSE},
        {"the gateway's clock is slower by a sixteenth", 1600, 1498, FALSE},
        {"the gateway's clock is slower by more", 1600, 1497, TRUE},
        {"the gateway's clock is faster by a sixteenth", 1498, 1600, FALSE},
        {"the gateway's clock is faster by more", 1497, 1600, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        WlGatewayEpoch epoch = {0};
        gint64 now = 77 * G_USEC_PER_SEC;

        g_test_message("%s", cases[i].sentence);
        g_assert_false(wl_gateway_epoch_update(&epoch, 20000, now));
        now += cases[i].ours * G_USEC_PER_SEC;
        g_assert_cmpint(wl_gateway_epoch_update(&epoch, (guint32) (20000 + cases[i].theirs), now),
                        ==, cases[i].lost);
        /* What was said last counts from then on. */
        g_assert_false(wl_gateway_epoch_update(&epoch, (guint32) (20000 + cases[i].theirs), now));
    }
}

static void
test_unknown(void)
{
    WlGatewayEpoch epoch = {0};

    g_assert_false(wl_gateway_epoch_update(&epoch, 5, 1000 * G_USEC_PER_SEC));
    g_assert_true(wl_gateway_epoch_update(&epoch, 5, 2000 * G_USEC_PER_SEC));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mapping/epoch/lost state", test_epoch);
    g_test_add_func("/mapping/epoch/first word", test_unknown);
    return g_test_run();
}
