/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl events: what services return, and who may read it. */
#include "mock-service.h"

#include <glib/gstdio.h>
#include <string.h>

static Mock *
add_profile(Fixture *fixture, const char *id)
{
    Mock *mock = fixture_add_mock(fixture, MOCK_REPLIES, mock_objects(id, WL_VERSION, ""));

    g_variant_unref(mock->events);
    mock->events = g_variant_ref_sink(g_variant_new_parsed(
        "[{'Time': <int64 1700000000>, 'Kind': <'up'>, 'PublicKey': <''>, 'Name': <''>, "
        "'State': <''>, 'Text': <''>}, "
        "{'Time': <int64 1700000001>, 'Kind': <'peer'>, 'PublicKey': <%s>, 'Name': <'h\033ub'>, "
        "'State': <'direct'>, 'Text': <'direct on 192.0.2.1:51820'>}, "
        "{'Time': <int64 1700000002>, 'Kind': <'of the future'>}, "
        "{'Time': <int64 1700000003>, 'Kind': <'removed'>, 'PublicKey': <%s>, 'Name': <''>}, "
        "{'Time': <int64 1700000004>, 'Kind': <'failed'>, 'Text': <'the link is gone'>}]",
        MOCK_KEY("1"), MOCK_KEY("2")));
    return mock;
}

static CtlRun *
run_in_utc(const Fixture *fixture, const char *first, const char *second, const char *third)
{
    const char *arguments[] = {"events", first, first ? second : NULL, second ? third : NULL, NULL};
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                 g_test_dbus_get_bus_address(fixture->bus), "TZ", "UTC", NULL};

    return ctl_run(arguments, NULL, environment);
}

static void
test_people(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) last = NULL;

    add_profile(fixture, "home");
    run = run_in_utc(fixture, NULL, NULL, NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==,
                    "home\n"
                    "  TIME                 PEER       STATE    REASON\n"
                    "  2023-11-14 22:13:20  -          up\n"
                    "  2023-11-14 22:13:21  h ub       direct   direct on 192.0.2.1:51820\n"
                    "  2023-11-14 22:13:23  KEY2KEYK…  removed\n"
                    "  2023-11-14 22:13:24  -          failed   the link is gone\n");
    last = run_in_utc(fixture, "home", "--lines", "1");
    g_assert_cmpstr(last->out, ==,
                    "home\n"
                    "  TIME                 PEER  STATE   REASON\n"
                    "  2023-11-14 22:13:24  -     failed  the link is gone\n");
}

static void
test_programs(Fixture *fixture, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(JsonObject) object = NULL;
    JsonArray *profiles, *events;

    add_profile(fixture, "home");
    fixture_add_mock(fixture, MOCK_REPLIES, mock_objects("work", WL_VERSION, ""));
    run = run_in_utc(fixture, "--json", NULL, NULL);
    g_assert_cmpint(run->status, ==, 0);
    object = parse_object(run->out);
    profiles = json_object_get_array_member(object, "profiles");
    g_assert_cmpuint(json_array_get_length(profiles), ==, 2);
    events = json_object_get_array_member(json_array_get_object_element(profiles, 0), "events");
    g_assert_cmpuint(json_array_get_length(events), ==, 4);
    g_assert_cmpstr(
        json_object_get_string_member(json_array_get_object_element(events, 1), "public_key"), ==,
        MOCK_KEY("1"));
    events = json_object_get_array_member(json_array_get_object_element(profiles, 1), "events");
    g_assert_cmpuint(json_array_get_length(events), ==, 0);
}

static void
test_refused(Fixture *fixture, gconstpointer data)
{
    Mock *mock = add_profile(fixture, "home");
    g_autoptr(CtlRun) unknown = run_in_utc(fixture, "office", NULL, NULL);
    g_autoptr(CtlRun) invalid = run_in_utc(fixture, "home", "--lines", "501");
    g_autoptr(CtlRun) denied = NULL;

    g_assert_cmpint(unknown->status, ==, 3);
    ctl_assert_holds(unknown->err, "no wirelink profile is named \"office\"");
    g_assert_cmpint(invalid->status, ==, 2);
    mock->methods = MOCK_DENIES;
    denied = run_in_utc(fixture, "home", NULL, NULL);
    g_assert_cmpint(denied->status, ==, 4);
}

#define HUB_UUID "761de9ce-104c-59a6-982d-012b8c28c9a1" /* of /etc/wirelink/hub.wirelink */

/* Creates the file @path below @root; what is in it stays. */
static void
put(const char *root, const char *path, const char *text)
{
    g_autofree char *whole = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(whole);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(whole, text, -1, NULL));
}

/* A profile of wirelinkd that is not active: from the file that its daemon wrote. */
static void
test_inactive_file(Fixture *fixture, gconstpointer data)
{
    g_autofree char *root = g_dir_make_tmp("XXXXXX", NULL);
    const char *arguments[] = {"events", "hub", NULL};
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                 g_test_dbus_get_bus_address(fixture->bus),
                                 "TZ",
                                 "UTC",
                                 "WIRELINK_ROOT",
                                 root,
                                 NULL};
    const char *const made[] = {"var/lib/wirelink/" HUB_UUID ".events",
                                "etc/wirelink/hub.wirelink",
                                "var/lib/wirelink",
                                "var/lib",
                                "var",
                                "etc/wirelink",
                                "etc",
                                ""};
    g_autoptr(CtlRun) none = NULL;
    g_autoptr(CtlRun) run = NULL;

    put(root, "etc/wirelink/hub.wirelink", "");
    none = ctl_run(arguments, NULL, environment);
    g_assert_cmpint(none->status, ==, 0);
    g_assert_cmpstr(none->out, ==, "hub: no events are recorded\n");
    put(root, "var/lib/wirelink/" HUB_UUID ".events",
        "1700000000\tup\t\t\t\t\n1700000001\tdown\t\t\t\t\n");
    run = ctl_run(arguments, NULL, environment);
    g_assert_cmpstr(run->out, ==,
                    "hub\n"
                    "  TIME                 PEER  STATE  REASON\n"
                    "  2023-11-14 22:13:20  -     up\n"
                    "  2023-11-14 22:13:21  -     down\n");
    for (guint i = 0; i < G_N_ELEMENTS(made); i++) {
        g_autofree char *path = g_build_filename(root, made[i], NULL);

        g_assert_cmpint(g_remove(path), ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/ctl/events/people", test_people);
    FIXTURE_ADD("/ctl/events/programs", test_programs);
    FIXTURE_ADD("/ctl/events/refused", test_refused);
    FIXTURE_ADD("/ctl/events/inactive-file", test_inactive_file);
    return g_test_run();
}
