/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Leftovers of a killed process, and what must not be taken for leftovers. */
#include "test-link.h"

#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wl-profile-in-use.h"

static gboolean
link_is_deleted(gpointer user_data)
{
    return !test_has_link(user_data);
}

static gboolean
has_exited(gpointer user_data)
{
    return !is_running(*(pid_t *) user_data);
}

/* A child process opens a link and is killed. */
static void
test_killed_owner(gconstpointer backend)
{
    const char *arguments[] = {"/proc/self/exe", "--hold",
                               backend == KERNEL ? "kernel" : "userspace", NULL};
    g_autoptr(GError) error = NULL;
    char word[8] = "";
    pid_t program = 0;
    GPid owner;
    int out;

    g_spawn_async_with_pipes(NULL, (char **) arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                             &owner, NULL, &out, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(read(out, word, 6), ==, 6);
    g_assert_cmpstr(word, ==, "ready\n");
    close(out);
    g_assert_true(test_has_link("wlt0"));
    if (backend == USERSPACE)
        program = program_of("wlt0");
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    if (backend == USERSPACE) {
        /* The parent-death signal ends it, without a cleanup. */
        test_wait(link_is_deleted, (gpointer) "wlt0");
        test_wait(has_exited, &program);
    } else {
        g_assert_true(wl_cleanup_profile(OTHER, 0, &error));
        g_assert_true(test_has_link("wlt0"));
        g_assert_true(wl_cleanup_profile(UUID, (int) if_nametoindex("wlt0"), &error));
        g_assert_true(test_has_link("wlt0"));
        g_assert_true(wl_cleanup_profile(UUID, 0, &error));
        g_assert_no_error(error);
    }
    assert_nothing_left("wlt0");
}

/* The program outlived its owner. */
static void
test_running_program(void)
{
    const char *arguments[] = {"wireguard-go", "-f", "wlt0", NULL};
    const char *environment[] = {"WG_PROCESS_FOREGROUND=1", "LOG_LEVEL=silent", NULL};
    g_autofree char *path = wl_uapi_socket_path("wlt0");
    g_autoptr(GError) error = NULL;
    int status;
    GPid pid;

    g_spawn_async(NULL, (char **) arguments, (char **) environment,
                  G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                      G_SPAWN_STDERR_TO_DEV_NULL,
                  NULL, NULL, &pid, &error);
    g_assert_no_error(error);
    for (pid_t found = 0; found != pid;) {
        int fd = wl_uapi_connect("wlt0", &found);

        if (fd >= 0)
            close(fd);
        g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, 0);
        g_usleep(5000);
    }
    /* An interface without our alias belongs to another program. */
    g_assert_true(wl_cleanup_profile(NULL, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    test_run("ip link set wlt0 alias wirelink:" UUID);
    g_assert_true(wl_cleanup_profile(OTHER, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    g_assert_true(wl_cleanup_profile(UUID, 0, &error));
    g_assert_no_error(error);
    /* The program has exited by then; deleting its interface is not enough. */
    g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, pid);
    assert_nothing_left("wlt0");
}

/* The owner was killed before it set the alias. */
static void
test_temporary_name(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *add = NULL, *rename = NULL;
    g_autoptr(WlLink) link = NULL;
    char name[IF_NAMESIZE];

    wl_link_temporary_name(UUID, name);
    add = g_strdup_printf("ip link add %s type wireguard", name);
    rename = g_strdup_printf("ip link set wlt9 name %s", name);
    /* The name alone does not suffice. */
    test_run("ip link add wlt9 type veth peer name wlt8");
    test_run(rename);
    g_assert_true(wl_cleanup_profile(NULL, 0, &error));
    g_assert_true(test_has_link(name));
    test_run("ip link del wlt8");

    test_run(add);
    g_assert_true(wl_cleanup_profile(OTHER, 0, &error));
    g_assert_no_error(error);
    g_assert_true(test_has_link(name));
    link = open_any("wlt0", UUID, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(wl_link_get_backend(link), ==, "kernel");
    g_assert_false(test_has_link(name));
    g_assert_true(test_has_link("wlt0"));
    g_clear_object(&link);
    assert_nothing_left("wlt0");
}

static void
make_socket(const char *name)
{
    g_autofree char *path = wl_uapi_socket_path(name);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755);
    g_assert_no_errno(bind(fd, (struct sockaddr *) &address, sizeof address));
    close(fd);
}

static gboolean
has_socket(const char *name)
{
    g_autofree char *path = wl_uapi_socket_path(name);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static char *
cleanup_unserved(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) removed = wl_cleanup_unserved(&error);

    g_assert_no_error(error);
    g_ptr_array_add(removed, NULL);
    return g_strjoinv("; ", (char **) removed->pdata);
}

/* Keeps what belongs to a profile in use or to another program. */
static void
test_unserved(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *first = NULL, *second = NULL, *third = NULL;
    int mark;

    test_run("ip link add wlt0 type veth peer name wlt1");
    test_run("ip link add wlt2 type veth peer name nmwl-00000000");
    test_run("ip link set wlt0 alias wirelink:" UUID);
    test_run("ip link set wlt2 alias wirelink:" OTHER);
    /* without an owner, as before Linux 5.12 */
    test_run("nft add table inet wirelink-" UUID);
    test_run("nft add table inet wirelink-" OTHER);
    test_run("nft add table inet wirelinkd");
    make_socket("nmwl-00000000"); /* its interface exists */
    make_socket("nmwl-11111111");
    make_socket("wlt9"); /* perhaps of another program */
    mark = wl_profile_in_use_mark(OTHER, &error);
    g_assert_no_error(error);
    first = cleanup_unserved();
    g_assert_cmpstr(
        first, ==,
        "interface wlt0; 1 nf_tables table; socket /var/run/wireguard/nmwl-11111111.sock");
    g_assert_true(test_has_link("wlt2"));
    g_assert_true(test_has_link("nmwl-00000000"));
    g_assert_true(has_socket("nmwl-00000000") && has_socket("wlt9"));
    second = cleanup_unserved();
    g_assert_cmpstr(second, ==, "");
    close(mark);
    third = cleanup_unserved();
    g_assert_cmpstr(
        third, ==,
        "interface wlt2; 1 nf_tables table; socket /var/run/wireguard/nmwl-00000000.sock");
    g_assert_true(has_socket("wlt9"));
    wl_uapi_remove_stale_socket("wlt9");
    test_run("nft delete table inet wirelinkd");
}

static void
test_name_exists(void)
{
    g_autoptr(GError) error = NULL;
    int mark;

    test_run("ip link add wlt0 type veth peer name wlt1");
    g_assert_null(open_any("wlt0", UUID, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS);
    g_assert_cmpstr(error->message, ==,
                    "interface \"wlt0\" already exists (no alias); choose another "
                    "interface-name");
    g_clear_error(&error);
    test_run("ip link set wlt0 alias wirelink:" OTHER);
    mark = wl_profile_in_use_mark(OTHER, &error);
    g_assert_null(open_any("wlt0", UUID, &error));
    close(mark);
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS);
    g_assert_nonnull(strstr(error->message, "wirelink:" OTHER));
    g_clear_error(&error);
    test_run("ip link set wlt0 alias xwirelink:" UUID);
    g_assert_true(wl_cleanup_profile(NULL, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    test_run("ip link set wlt0 alias wirelink:" UUID "0");
    g_assert_true(wl_cleanup_profile(UUID, 0, &error));
    g_assert_true(test_has_link("wlt0"));
    g_assert_true(wl_cleanup_profile(NULL, 0, &error));
    g_assert_false(test_has_link("wlt0"));
    g_assert_no_error(error);
}

/* The child process of test_killed_owner(). */
void
hold(const char *backend)
{
    WlKey key = test_key(1);
    WlLink *link =
        open_link(g_str_equal(backend, "kernel") ? KERNEL : USERSPACE, "wlt0", UUID, &key, 0);

    g_assert_nonnull(link);
    printf("ready\n");
    fflush(stdout);
    /* Exits even if the test itself is killed. */
    alarm(60);
    for (;;)
        g_main_context_iteration(NULL, TRUE);
}

void
add_cleanup_tests(gboolean kernel)
{
    if (kernel) {
        add("kernel", "killed-owner", KERNEL, test_killed_owner);
        g_test_add_func("/link/cleanup/temporary-name", test_temporary_name);
    }
    add("userspace", "killed-owner", USERSPACE, test_killed_owner);
    g_test_add_func("/link/cleanup/running-program", test_running_program);
    g_test_add_func("/link/open/name-exists", test_name_exists);
    g_test_add_func("/link/cleanup/unserved", test_unserved);
}
