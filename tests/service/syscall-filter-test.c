/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system call filter: what it denies in every thread, and what it leaves permitted. */
#include <errno.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wl-syscall-filter.h"

static gpointer
run_program(gpointer data)
{
    execl("/bin/true", "true", NULL);
    return GINT_TO_POINTER(errno);
}

static gpointer
wait_and_run_program(gpointer data)
{
    GAsyncQueue *queue = data;

    g_async_queue_pop(queue);
    return run_program(NULL);
}

static void
test_refused(void)
{
    g_autoptr(GAsyncQueue) queue = g_async_queue_new();
    GThread *before = g_thread_new("before", wait_and_run_program, queue), *after;
    g_autoptr(GError) error = NULL;
    struct timespec now;

    g_assert_cmpint(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
    g_assert_true(wl_syscall_filter_load(&error));
    g_assert_no_error(error);
    after = g_thread_new("after", run_program, NULL);
    g_async_queue_push(queue, queue);
    g_assert_cmpint(GPOINTER_TO_INT(run_program(NULL)), ==, EPERM);
    g_assert_cmpint(GPOINTER_TO_INT(g_thread_join(before)), ==, EPERM);
    g_assert_cmpint(GPOINTER_TO_INT(g_thread_join(after)), ==, EPERM);

    clock_gettime(CLOCK_REALTIME, &now);
    g_assert_cmpint(clock_settime(CLOCK_REALTIME, &now), ==, -1);
    g_assert_cmpint(errno, ==, EPERM);
    g_assert_cmpint(setuid(getuid()), ==, -1);
    g_assert_cmpint(socket(AF_PACKET, SOCK_RAW, 0), ==, -1);
    g_assert_cmpint(socket(AF_ALG, SOCK_SEQPACKET, 0), ==, -1);
    g_assert_cmpint(errno, ==, ENOSYS);
    for (int i = 0; i < 4; i++) {
        const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
        int fd = socket(families[i], SOCK_DGRAM, 0);

        g_assert_cmpint(fd, >=, 0);
        close(fd);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/syscall-filter/denied-calls-fail", test_refused);
    return g_test_run();
}
