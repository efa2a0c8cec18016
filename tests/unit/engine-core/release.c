/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every type may be released before it was made, as g_autoptr() does. */
#include "harness.h"
#include "state/wl-engine-state.h"
#include "state/wl-send-window.h"
#include "wl-change-log.h"
#include "wl-group.h"
#include "wl-prefix-map.h"
#include "wl-timer-queue.h"

static void
test_nothing(void)
{
    wl_change_log_free(NULL);
    wl_device_free(NULL);
    wl_device_peer_free(NULL);
    wl_engine_config_free(NULL);
    wl_engine_free(NULL);
    wl_fact_set_free(NULL);
    wl_group_free(NULL);
    wl_output_free(NULL);
    wl_peer_change_free(NULL);
    wl_peer_config_free(NULL);
    wl_prefix_map_free(NULL);
    wl_reason_free(NULL);
    wl_send_window_free(NULL);
    wl_signer_free(NULL);
    wl_timer_queue_free(NULL);
}

static void
test_config(void)
{
    g_autoptr(Harness) harness = harness_new();

    wl_peer_config_free(wl_peer_config_new(&harness_member(harness, 1)->key));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/release/nothing may be released", test_nothing);
    g_test_add_func("/release/an entry of a profile may be released", test_config);
    return g_test_run();
}
