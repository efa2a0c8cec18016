/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request is carried out soon, and many of them seldom. */

#include "link-test-util.h"
#include "wl-pacer.h"

#define INTERVAL 50 /* ms */

typedef struct {
    WlPacer *pacer;
    guint runs;
    gboolean again, ends;
} Work;

static void
work(gpointer user_data)
{
    Work *self = user_data;

    self->runs++;
    if (self->again)
        wl_pacer_request(self->pacer);
    if (self->ends)
        g_clear_pointer(&self->pacer, wl_pacer_free);
}

static gboolean
has_run(gpointer user_data)
{
    return ((Work *) user_data)->runs > 0;
}

static gboolean
has_run_five_times(gpointer user_data)
{
    return ((Work *) user_data)->runs == 5;
}

static void
test_first(void)
{
    Work self = {NULL};

    /* the interval is longer than a test may take */
    self.pacer = wl_pacer_new(G_MAXINT, work, &self);
    test_settle();
    g_assert_cmpuint(self.runs, ==, 0);
    wl_pacer_request(self.pacer);
    g_assert_cmpuint(self.runs, ==, 0);
    test_wait(has_run, &self);
    for (guint i = 0; i < 100; i++) {
        wl_pacer_request(self.pacer);
        test_settle();
    }
    g_assert_cmpuint(self.runs, ==, 1);
    wl_pacer_free(self.pacer);
}

static void
test_interval(void)
{
    gint64 start = g_get_monotonic_time();
    Work self = {.again = TRUE};

    self.pacer = wl_pacer_new(INTERVAL, work, &self);
    wl_pacer_request(self.pacer);
    test_wait(has_run_five_times, &self);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 4 * INTERVAL * 1000);
    wl_pacer_free(self.pacer);
}

static void
test_freed(void)
{
    Work self = {.ends = TRUE};

    self.pacer = wl_pacer_new(INTERVAL, work, &self);
    wl_pacer_request(self.pacer);
    test_wait(has_run, &self);
    g_assert_null(self.pacer);
    self.pacer = wl_pacer_new(INTERVAL, work, &self);
    wl_pacer_request(self.pacer);
    wl_pacer_free(self.pacer);
    test_settle();
    g_assert_cmpuint(self.runs, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/pacer/first", test_first);
    g_test_add_func("/link/pacer/interval", test_interval);
    g_test_add_func("/link/pacer/freed", test_freed);
    return g_test_run();
}
