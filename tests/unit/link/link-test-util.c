/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Namespaces, commands, conditions and devices for the tests of src/link. A failed step ends the
 * test.
 */
#include "link-test-util.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE (60 * G_USEC_PER_SEC)

static void
set_loopback_up(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        g_error("cannot set lo up: %s", g_strerror(errno));
    close(fd);
}

void
test_enter_namespaces(void)
{
    if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0) {
        int saved = errno;

        if (g_getenv("CI"))
            g_error("cannot create namespaces: %s", g_strerror(saved));
        printf("1..0 # SKIP requires root to create namespaces: %s\n", g_strerror(saved));
        exit(0);
    }
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", "/run", "tmpfs", 0, "mode=755") < 0)
        g_error("cannot make /run private: %s", g_strerror(errno));
    set_loopback_up();
}

void
test_run(const char *command)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    int status;

    g_spawn_command_line_sync(command, NULL, &text, &status, &error);
    g_assert_no_error(error);
    if (!g_spawn_check_wait_status(status, NULL))
        g_error("\"%s\" failed: %s", command, text);
}

static gboolean
tick(gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

void
test_wait(gboolean (*condition)(gpointer user_data), gpointer user_data)
{
    gint64 deadline = g_get_monotonic_time() + DEADLINE;
    /* Some conditions have no event. */
    guint source = g_timeout_add(10, tick, NULL);

    while (!condition(user_data)) {
        g_assert_cmpint(g_get_monotonic_time(), <, deadline);
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(source);
}

gint64
test_clock(void)
{
    g_autofree char *statistics = NULL;
    guint64 delay = 0; /* ns; 0 in kernels without these statistics */

    if (g_file_get_contents("/proc/thread-self/schedstat", &statistics, NULL, NULL))
        sscanf(statistics, "%*u %" G_GUINT64_FORMAT, &delay);
    return g_get_monotonic_time() - (gint64) (delay / 1000);
}

void
test_settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

gboolean
test_has_link(const char *name)
{
    return if_nametoindex(name) != 0;
}

WlKey
test_key(guint number)
{
    WlKey key;

    memset(&key, 0, sizeof key);
    /* Clamped, so that it is a valid private key too. */
    key.bytes[0] = 8;
    key.bytes[1] = (guint8) number;
    key.bytes[2] = (guint8) (number >> 8);
    key.bytes[31] = 0x40;
    return key;
}

WlPrefix
test_prefix(const char *text)
{
    WlPrefix prefix;

    memset(&prefix, 0, sizeof prefix);
    g_assert_true(wl_prefix_parse(text, &prefix));
    return prefix;
}

WlEndpoint
test_endpoint(const char *text)
{
    WlEndpoint endpoint;

    memset(&endpoint, 0, sizeof endpoint);
    g_assert_true(wl_endpoint_parse(text, &endpoint));
    return endpoint;
}

WlPeerChange *
test_change(WlPeerChangeKind kind, const WlKey *key, const char *endpoint, const char *allowed_ips)
{
    WlPeerChange *change = wl_peer_change_new(kind, key);

    if (endpoint)
        change->endpoint = test_endpoint(endpoint);
    if (allowed_ips) {
        g_auto(GStrv) words = g_strsplit(allowed_ips, " ", -1);

        change->replace_allowed_ips = TRUE;
        for (char **word = words; *word; word++) {
            if (**word) {
                WlPrefix prefix = test_prefix(*word);

                g_array_append_val(change->allowed_ips, prefix);
            }
        }
    }
    return change;
}

void
test_fill_prefixes(GArray *array, guint base, guint count)
{
    for (guint i = 0; i < count; i++) {
        WlPrefix prefix;

        memset(&prefix, 0, sizeof prefix);
        if (i % 2 == 0) {
            prefix.ip.family = WL_FAMILY_V4;
            prefix.length = 32;
            prefix.ip.bytes[0] = (guint8) (10 + (base >> 8));
            prefix.ip.bytes[1] = (guint8) base;
            prefix.ip.bytes[2] = (guint8) (i >> 8);
            prefix.ip.bytes[3] = (guint8) i;
        } else {
            prefix.ip.family = WL_FAMILY_V6;
            prefix.length = 128;
            prefix.ip.bytes[0] = 0xfd;
            prefix.ip.bytes[6] = (guint8) (base >> 8);
            prefix.ip.bytes[7] = (guint8) base;
            prefix.ip.bytes[14] = (guint8) (i >> 8);
            prefix.ip.bytes[15] = (guint8) i;
        }
        g_array_append_val(array, prefix);
    }
}

static int
compare(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(WlPrefix));
}

void
test_assert_same_prefixes(const GArray *a, const GArray *b)
{
    g_autoptr(GArray) first = g_array_copy((GArray *) a);
    g_autoptr(GArray) second = g_array_copy((GArray *) b);

    g_array_sort(first, compare);
    g_array_sort(second, compare);
    g_assert_cmpmem(first->data, first->len * sizeof(WlPrefix), second->data,
                    second->len * sizeof(WlPrefix));
}
