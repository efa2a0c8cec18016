/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Names of profiles, and which files are refused: with cause and remedy. */

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wl-daemon-bus.h"
#include "wl-profile-source.h"
#include "wl-profile-uuid.h"

/* 32 bytes of 1, and the public key of 32 bytes of 2 */
#define PRIVATE "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define PEER    "zo06mlXIKkcMvf8+lOZ+2ZQOWMlqxTUmLdJ5qIQBNR8="

#define PEER_SECTION "\n[Peer]\nPublicKey = " PEER "\nAllowedIPs = 10.77.0.2/32\n"

static const char profile[] = "[Interface]\nPrivateKey = " PRIVATE "\nAddress = 10.77.0.1/24\n\n"
                              "[Wirelink]\nName = hub\n" PEER_SECTION;

static void
test_names(void)
{
    static const struct {
        const char *name;
        gboolean valid;
    } rows[] = {
        {"hub", TRUE},
        {"hub-2.example_net", TRUE},
        {"2hub", TRUE},
        {"", FALSE},
        {".hub", FALSE},
        {"-hub", FALSE},
        {"a/b", FALSE},
        {"a b", FALSE},
        {"h\303\274b", FALSE},
        {"..", FALSE},
        {"a\nb", FALSE},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(wl_profile_source_check_name(rows[i].name, &error), ==, rows[i].valid);
        g_assert_cmpint(error == NULL, ==, rows[i].valid);
    }
}

static void
test_uuid(void)
{
    g_autofree char *hub = wl_profile_uuid_of_file("hub");
    g_autofree char *same = wl_profile_uuid_of_file("hub");
    g_autofree char *other = wl_profile_uuid_of_file("hub2");

    g_assert_true(g_uuid_string_is_valid(hub));
    g_assert_cmpint(hub[14], ==, '5');
    g_assert_cmpstr(hub, ==, same);
    g_assert_cmpstr(hub, !=, other);
}

static void
test_bus_name(void)
{
    g_autofree char *plain = wl_daemon_bus_dup_name("hub-2");
    g_autofree char *other = wl_daemon_bus_dup_name("a.b_c");

    g_assert_cmpstr(plain, ==, "org.freedesktop.NetworkManager.wirelink.Unit_hub-2");
    g_assert_cmpstr(other, ==, "org.freedesktop.NetworkManager.wirelink.Unit_a_2eb_5fc");
    g_assert_true(g_dbus_is_name(other));
}

typedef struct {
    char *folder, *path;
} Fixture;

static void
set_up(Fixture *self, gconstpointer data)
{
    self->folder = g_dir_make_tmp("wirelink-XXXXXX", NULL);
    self->path = g_build_filename(self->folder, "hub.wirelink", NULL);
    g_assert_true(g_file_set_contents(self->path, profile, -1, NULL));
    g_assert_cmpint(g_chmod(self->path, 0600), ==, 0);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    g_remove(self->path);
    g_assert_cmpint(g_rmdir(self->folder), ==, 0);
    g_free(self->path);
    g_free(self->folder);
}

static void
assert_refused(const Fixture *self, const char *pattern)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileFile) file = wl_profile_source_load(self->path, &error);

    g_assert_null(file);
    if (!g_pattern_match_simple(pattern, error->message))
        g_error("not as \"%s\": %s", pattern, error->message);
    g_assert_null(strstr(error->message, PRIVATE));
}

static void
test_good(Fixture *self, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileFile) file = wl_profile_source_load(self->path, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(file->profile->name, ==, "hub");
    g_assert_cmpint(g_chmod(self->path, 0400), ==, 0);
    g_clear_pointer(&file, wl_profile_file_free);
    file = wl_profile_source_load(self->path, &error);
    g_assert_no_error(error);
}

static void
test_mode(Fixture *self, gconstpointer data)
{
    static const int modes[] = {0644, 0640, 0604, 0660, 0601, 0610};

    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_assert_cmpint(g_chmod(self->path, modes[i]), ==, 0);
        assert_refused(self, "*has the mode 06*chmod 600*");
    }
}

static void
test_folder(Fixture *self, gconstpointer data)
{
    g_assert_cmpint(g_chmod(self->folder, 0777), ==, 0);
    assert_refused(self, "other users can replace files in *chmod 700*");
    g_assert_cmpint(g_chmod(self->folder, 0755), ==, 0);
    test_good(self, data);
    g_assert_cmpint(g_chmod(self->folder, 0700), ==, 0);
}

static void
test_kinds(Fixture *self, gconstpointer data)
{
    g_remove(self->path);
    assert_refused(self, "*does not exist; *wirelinkctl new*");
    g_assert_cmpint(symlink("/dev/null", self->path), ==, 0);
    assert_refused(self, "*is a symbolic link; *");
    g_remove(self->path);
    g_assert_cmpint(mkfifo(self->path, 0600), ==, 0); /* does not wait for its writer */
    assert_refused(self, "*is not a regular file");
    g_remove(self->path);
    g_assert_cmpint(g_mkdir(self->path, 0700), ==, 0);
    assert_refused(self, "*is not a regular file");
    g_rmdir(self->path);
}

static void
test_owner(Fixture *self, gconstpointer data)
{
    if (geteuid() != 0) {
        g_test_skip("must be run as root");
        return;
    }
    g_assert_cmpint(chown(self->path, 1234, (gid_t) -1), ==, 0);
    assert_refused(self, "*belongs to user 1234*chown root*");
    g_assert_cmpint(chown(self->path, 0, (gid_t) -1), ==, 0);
    g_assert_cmpint(chown(self->folder, 1234, (gid_t) -1), ==, 0);
    assert_refused(self, "other users can replace files in *user 1234*");
}

static void
write_text(const Fixture *self, const char *text, gssize length)
{
    g_assert_true(g_file_set_contents(self->path, text, length, NULL));
    g_assert_cmpint(g_chmod(self->path, 0600), ==, 0);
}

static void
test_contents(Fixture *self, gconstpointer data)
{
    g_autofree char *large = g_strnfill(WL_PROFILE_MAX_FILE + 1, '#');

    write_text(self, "[Interface]\nAddress = 10.77.0.1/24\n\n[Wirelink]\n" PEER_SECTION, -1);
    assert_refused(self, "*rivate*ey*");
    write_text(self,
               "[Interface]\nPrivateKey = " PRIVATE
               "\nAddress = nowhere\n\n[Wirelink]\n" PEER_SECTION,
               -1);
    assert_refused(self, "*hub.wirelink:3: Address: *");
    write_text(self, "{\"Peers\": [{\"PublicKey\": \"" PEER "\"}]}", -1);
    assert_refused(self, "*wirelinkctl convert*");
    write_text(self, large, WL_PROFILE_MAX_FILE + 1);
    assert_refused(self, "*is longer than *");
    write_text(self, "", 0);
    assert_refused(self, "*");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    umask(0077);
    g_test_add_func("/profile-source/names", test_names);
    g_test_add_func("/profile-source/uuid", test_uuid);
    g_test_add_func("/profile-source/bus-name", test_bus_name);
#define ADD(name, func) g_test_add("/profile-source/" name, Fixture, NULL, set_up, func, tear_down)
    ADD("private-file", test_good);
    ADD("mode", test_mode);
    ADD("directory", test_folder);
    ADD("kind-of-file", test_kinds);
    ADD("owner", test_owner);
    ADD("contents", test_contents);
    return g_test_run();
}
