/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#define SEC(n) ((gint64) (n) *G_USEC_PER_SEC)
#define MS(n)  ((gint64) (n) *1000)

/* The network of the demo: a hub with a public address, two leaves behind a NAT each. */
typedef struct {
    World *world;
    WorldNat *nat_laptop, *nat_desktop;
    WorldHost *hub, *laptop, *desktop;
} Demo;

#define HUB        "203.0.113.1"
#define HUB_PUBLIC HUB ":51820"

static void
demo_init(Demo *demo, guint32 seed)
{
    demo->world = world_new(seed);
    demo->nat_laptop = world_add_nat(demo->world, "198.51.100.1");
    demo->nat_desktop = world_add_nat(demo->world, "198.51.100.2");
    demo->hub = world_add_host(demo->world, "hub");
    demo->laptop = world_add_host(demo->world, "laptop");
    demo->desktop = world_add_host(demo->world, "desktop");
    world_host_attach(demo->hub, NULL, HUB "/24");
    world_host_attach(demo->laptop, demo->nat_laptop, "192.168.1.10/24");
    world_host_attach(demo->desktop, demo->nat_desktop, "192.168.1.10/24");
}

static void
start_hub(Demo *demo)
{
    WlEngineConfig *config = world_host_config(demo->hub, WL_ROLE_ROUTER, "10.77.0.1/24");

    world_config_add(config, demo->laptop, NULL, "10.77.0.2/32,fd77::2/128");
    world_config_add(config, demo->desktop, NULL, "10.77.0.3/32,fd77::3/128");
    world_host_start(demo->hub, config);
}

static void
start_laptop(Demo *demo)
{
    WlEngineConfig *config = world_host_config(demo->laptop, WL_ROLE_AUTOMATIC, "10.77.0.2/24");

    world_config_add(config, demo->hub, HUB_PUBLIC, "10.77.0.0/24,fd77::/64");
    world_config_add(config, demo->desktop, NULL, "10.77.0.3/32,fd77::3/128");
    world_host_start(demo->laptop, config);
}

static void
start_desktop(Demo *demo)
{
    WlEngineConfig *config = world_host_config(demo->desktop, WL_ROLE_AUTOMATIC, "10.77.0.3/24");

    world_config_add(config, demo->hub, HUB_PUBLIC, "10.77.0.0/24,fd77::/64");
    world_config_add(config, demo->laptop, NULL, "10.77.0.2/32,fd77::2/128");
    world_host_start(demo->desktop, config);
}

static gboolean
laptop_has_hub(gpointer data)
{
    Demo *demo = data;
    return world_is_direct(demo->laptop, demo->hub);
}

static gboolean
desktop_has_hub(gpointer data)
{
    Demo *demo = data;
    return world_is_direct(demo->desktop, demo->hub);
}

static gboolean
leaves_direct(gpointer data)
{
    Demo *demo = data;
    return world_is_direct(demo->laptop, demo->desktop);
}

static gboolean
laptop_gave_up(gpointer data)
{
    Demo *demo = data;
    return world_host_state(demo->laptop, demo->desktop) == WL_PEER_ROUTED ||
           world_host_state(demo->laptop, demo->desktop) <= WL_PEER_CONNECTING;
}

static gboolean
desktop_found_moved_laptop(gpointer data)
{
    Demo *demo = data;
    return leaves_direct(demo) &&
           world_has_endpoint(demo->desktop, demo->laptop, "198.51.100.3:51820") &&
           world_has_endpoint(demo->hub, demo->laptop, "198.51.100.3:51820");
}

static void
assert_took(const char *what, gint64 took, gint64 limit)
{
    g_test_message("%s: %.3f s", what, (double) took / 1e6);
    g_assert_cmpint(took, >=, 0);
    g_assert_cmpint(took, <=, limit);
}

/* All three up and direct; asserts the times of the architecture's section 8. */
static void
demo_up(Demo *demo, guint32 seed)
{
    demo_init(demo, seed);
    start_hub(demo);
    world_run(demo->world, SEC(2));
    start_laptop(demo);
    assert_took("hub reachable", world_run_until(demo->world, laptop_has_hub, demo, SEC(60)),
                SEC(1));
    g_assert_cmpint(world_ping(demo->world, demo->laptop, "10.77.0.1", SEC(1)), ==, 0);
    world_run(demo->world, SEC(5));
    start_desktop(demo);
    assert_took("second leaf reaches hub",
                world_run_until(demo->world, desktop_has_hub, demo, SEC(60)), SEC(1));
}

static void
demo_clear(Demo *demo)
{
    world_free(demo->world);
}

static void
test_form(void)
{
    for (guint32 seed = 1; seed <= 20; seed++) {
        Demo demo;
        gint64 start;

        demo_up(&demo, seed);
        start = world_now(demo.world);
        assert_took("leaves direct", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                    MS(1500));
        g_assert_cmpint(world_ping(demo.world, demo.laptop, "10.77.0.3", SEC(1)), ==, 0);
        g_assert_cmpint(world_ping(demo.world, demo.desktop, "10.77.0.2", SEC(1)), ==, 0);
        g_assert_true(world_has_endpoint(demo.laptop, demo.desktop, "198.51.100.2:51820"));
        g_assert_true(world_has_endpoint(demo.desktop, demo.laptop, "198.51.100.1:51820"));
        g_assert_cmpint(world_now(demo.world) - start, <, SEC(2));
        demo_clear(&demo);
    }
}

static void
test_both_at_once(void)
{
    for (guint32 seed = 1; seed <= 20; seed++) {
        Demo demo;

        demo_init(&demo, seed);
        start_laptop(&demo);
        start_desktop(&demo);
        start_hub(&demo);
        assert_took("all at once", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                    SEC(12));
        demo_clear(&demo);
    }
}

/* Initiations that cross bring no session: whoever hears of the other first, it must not take 5 s.
 */
static void
test_uneven_delays(void)
{
    gint64 worst = 0;

    for (guint32 seed = 1; seed <= 60; seed++) {
        gint64 took;
        Demo demo;

        demo_init(&demo, seed);
        world_nat_set_delay(demo.nat_laptop, MS(5) + MS(17) * (seed * 7 % 12));
        world_nat_set_delay(demo.nat_desktop, MS(5) + MS(17) * (seed * 5 % 12));
        start_hub(&demo);
        start_laptop(&demo);
        world_run(demo.world, SEC(3));
        start_desktop(&demo);
        took = world_run_until(demo.world, leaves_direct, &demo, SEC(60));
        g_assert_cmpint(took, >=, 0);
        worst = MAX(worst, took);
        demo_clear(&demo);
    }
    assert_took("slowest of all", worst, MS(2500));
}

static void
test_stays(void)
{
    Demo demo;
    WorldHost *hosts[3];

    demo_up(&demo, 7);
    assert_took("leaves direct", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                MS(1500));
    world_run(demo.world, SEC(10));
    hosts[0] = demo.hub;
    hosts[1] = demo.laptop;
    hosts[2] = demo.desktop;
    for (guint i = 0; i < 3; i++)
        world_host_counters(hosts[i]);
    world_run(demo.world, SEC(7200));
    for (guint i = 0; i < 3; i++) {
        WorldCounters counters = world_host_counters(hosts[i]);

        g_test_message("2 h idle, host %u: %u wake-ups (%u without effect), %u datagrams, %u bytes,"
                       " %u initiations, %u logs",
                       i, counters.wakeups, counters.idle_wakeups, counters.datagrams,
                       counters.bytes, counters.initiations, counters.logs);
        g_assert_cmpuint(counters.state_changes, ==, 0);
        g_assert_cmpuint(counters.recreations, ==, 0);
        /* Two peers, one Alive each in 30 s, and the renewal of facts. */
        g_assert_cmpuint(counters.wakeups, <=, 7200 / 30 * 5 / 2);
        g_assert_cmpuint(counters.idle_wakeups, <=, counters.wakeups / 20);
        g_assert_cmpuint(counters.datagrams, <=, 2 * 7200 / 30 * 2);
        g_assert_cmpuint(counters.initiations, <=, 2 * 7200 / 120 + 2);
        g_assert_cmpuint(counters.logs, ==, 0);
    }
    g_assert_cmpint(world_ping(demo.world, demo.laptop, "10.77.0.3", SEC(1)), ==, 0);
    demo_clear(&demo);
}

static void
test_hub_restarts(void)
{
    Demo demo;

    demo_up(&demo, 3);
    assert_took("leaves direct", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                MS(1500));
    world_run(demo.world, SEC(100));
    world_host_counters(demo.laptop);
    world_host_stop(demo.hub);
    world_run(demo.world, SEC(20));
    g_assert_true(world_is_direct(demo.laptop, demo.desktop));
    start_hub(&demo);
    assert_took("hub again", world_run_until(demo.world, laptop_has_hub, &demo, SEC(120)), SEC(60));
    assert_took("and for the other", world_run_until(demo.world, desktop_has_hub, &demo, SEC(120)),
                SEC(60));
    world_run(demo.world, SEC(600));
    g_assert_true(world_is_direct(demo.laptop, demo.desktop));
    g_assert_cmpint(world_ping(demo.world, demo.laptop, "10.77.0.3", SEC(1)), ==, 0);
    g_assert_cmpuint(world_host_counters(demo.laptop).state_changes, <=, 2);
    demo_clear(&demo);
}

static void
test_roams(void)
{
    for (guint32 seed = 1; seed <= 40; seed++) {
        WorldNat *cafe;
        Demo demo;

        demo_up(&demo, seed);
        assert_took("leaves direct", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                    MS(1500));
        world_run(demo.world, SEC(60) + MS(1700) * (gint64) seed);
        cafe = world_add_nat(demo.world, "198.51.100.3");
        world_host_detach(demo.laptop);
        world_run(demo.world, SEC(4));
        world_host_attach(demo.laptop, cafe, "192.168.7.20/24");
        assert_took("direct from a new network",
                    world_run_until(demo.world, desktop_found_moved_laptop, &demo, SEC(300)),
                    SEC(2));
        g_assert_cmpint(world_ping(demo.world, demo.laptop, "10.77.0.3", SEC(1)), ==, 0);
        g_assert_cmpint(world_ping(demo.world, demo.desktop, "10.77.0.2", SEC(1)), ==, 0);
        world_run(demo.world, SEC(600));
        g_assert_true(world_is_direct(demo.laptop, demo.desktop));
        demo_clear(&demo);
    }
}

static void
test_peer_goes_away(void)
{
    WorldCounters counters;
    Demo demo;

    demo_up(&demo, 11);
    assert_took("leaves direct", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                MS(1500));
    world_run(demo.world, SEC(300));
    world_host_stop(demo.desktop);
    assert_took("desktop noticed gone",
                world_run_until(demo.world, laptop_gave_up, &demo, SEC(400)), SEC(170));
    world_run(demo.world, SEC(60));
    world_host_counters(demo.laptop);
    world_run(demo.world, SEC(3600));
    counters = world_host_counters(demo.laptop);
    g_test_message("an hour with one peer gone: %u wake-ups, %u initiations, %u state changes",
                   counters.wakeups, counters.initiations, counters.state_changes);
    g_assert_cmpuint(counters.initiations, <=, 3600 / 120 + 60);
    g_assert_cmpuint(counters.state_changes, <=, 2);
    g_assert_cmpuint(counters.wakeups, <=, 3600 / 30 * 3);

    start_desktop(&demo);
    assert_took("back again", world_run_until(demo.world, leaves_direct, &demo, SEC(60)), SEC(3));
    g_assert_cmpint(world_ping(demo.world, demo.laptop, "10.77.0.3", SEC(1)), ==, 0);
    demo_clear(&demo);
}

static void
test_falls_back_to_hub(void)
{
    Demo demo;

    demo_up(&demo, 13);
    /* No way between the two: each other's NAT address leads nowhere. */
    assert_took("leaves direct", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                MS(1500));
    world_run(demo.world, SEC(300));
    /* The desktop moves onto the public network of the hub with a filter of its own in between. */
    world_host_detach(demo.desktop);
    assert_took("desktop noticed gone",
                world_run_until(demo.world, laptop_gave_up, &demo, SEC(400)), SEC(170));
    g_assert_cmpint(world_ping(demo.world, demo.laptop, "10.77.0.3", SEC(1)), ==, -1);
    g_assert_cmpint(world_ping(demo.world, demo.laptop, "10.77.0.1", SEC(1)), ==, 0);
    demo_clear(&demo);
}

static void
test_hub_never_up(void)
{
    WorldCounters counters;
    Demo demo;

    demo_init(&demo, 17);
    start_laptop(&demo);
    world_run(demo.world, SEC(120));
    g_assert_cmpint(world_host_state(demo.laptop, demo.hub), <=, WL_PEER_CONNECTING);
    world_run(demo.world, SEC(600));
    world_host_counters(demo.laptop);
    world_run(demo.world, SEC(3600));
    counters = world_host_counters(demo.laptop);
    g_test_message("an hour without a hub: %u wake-ups, %u initiations", counters.wakeups,
                   counters.initiations);
    g_assert_cmpuint(counters.wakeups, <=, 3600 / 270 * 5);
    g_assert_cmpuint(counters.initiations, <=, (3600 / 270 + 1) * 19);
    g_assert_cmpuint(counters.state_changes, ==, 0);
    demo_clear(&demo);
}

static void
test_same_lan(void)
{
    Demo demo;

    demo_init(&demo, 19);
    world_host_attach(demo.desktop, demo.nat_laptop, "192.168.1.11/24");
    start_hub(&demo);
    start_laptop(&demo);
    world_run(demo.world, SEC(10));
    start_desktop(&demo);
    assert_took("direct on one LAN", world_run_until(demo.world, leaves_direct, &demo, SEC(60)),
                MS(1500));
    g_assert_cmpint(world_host_state(demo.laptop, demo.desktop), ==, WL_PEER_DIRECT_LAN);
    g_assert_true(world_has_endpoint(demo.laptop, demo.desktop, "192.168.1.11:51820"));
    world_run(demo.world, SEC(600));
    g_assert_cmpint(world_host_state(demo.laptop, demo.desktop), ==, WL_PEER_DIRECT_LAN);
    demo_clear(&demo);
}

static void
test_repeatable(void)
{
    WorldCounters first = {0}, second = {0};

    for (guint run = 0; run < 2; run++) {
        Demo demo;
        demo_up(&demo, 23);
        world_run(demo.world, SEC(1000));
        *(run ? &second : &first) = world_host_counters(demo.laptop);
        demo_clear(&demo);
    }
    g_assert_cmpmem(&first, sizeof(first), &second, sizeof(second));
    g_assert_cmpuint(first.datagrams, >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/world/form", test_form);
    g_test_add_func("/world/both-at-once", test_both_at_once);
    g_test_add_func("/world/uneven-delays", test_uneven_delays);
    g_test_add_func("/world/stays", test_stays);
    g_test_add_func("/world/hub-restarts", test_hub_restarts);
    g_test_add_func("/world/roams", test_roams);
    g_test_add_func("/world/peer-goes-away", test_peer_goes_away);
    g_test_add_func("/world/falls-back-to-hub", test_falls_back_to_hub);
    g_test_add_func("/world/hub-never-up", test_hub_never_up);
    g_test_add_func("/world/same-lan", test_same_lan);
    g_test_add_func("/world/repeatable", test_repeatable);
    return g_test_run();
}
