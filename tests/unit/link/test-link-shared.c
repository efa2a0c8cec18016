/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the link test share: opening links of each backend, and their state. */
#include "test-link.h"

#include <signal.h>
#include <unistd.h>

gboolean
is_done(gpointer user_data)
{
    return ((Opening *) user_data)->done;
}

void
opened_userspace(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Opening *opening = user_data;

    opening->link = wl_link_userspace_new_finish(result, &opening->error);
    opening->done = TRUE;
}

static void
opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Opening *opening = user_data;

    opening->link = wl_link_open_finish(result, &opening->error);
    opening->done = TRUE;
}

WlLinkConfig
make_config(const char *name, const char *uuid, const WlKey *key, guint16 port)
{
    WlLinkConfig config = {name, uuid, key, port, 1380, NULL};

    return config;
}

WlLink *
try_open(gconstpointer backend, const WlLinkConfig *config, GError **error)
{
    Opening opening = {0};

    if (backend == KERNEL)
        return wl_link_kernel_new(config, 0, error);
    wl_link_userspace_new_async(config, NULL, opened_userspace, &opening);
    test_wait(is_done, &opening);
    if (opening.error)
        g_propagate_error(error, opening.error);
    return opening.link;
}

WlLink *
open_link(gconstpointer backend, const char *name, const char *uuid, const WlKey *key, guint16 port)
{
    WlLinkConfig config = make_config(name, uuid, key, port);
    g_autoptr(GError) error = NULL;
    WlLink *link = try_open(backend, &config, &error);

    g_assert_no_error(error);
    g_assert_nonnull(link);
    return link;
}

WlLink *
open_any(const char *name, const char *uuid, GError **error)
{
    WlKey key = test_key(1);
    WlLinkConfig config = make_config(name, uuid, &key, 0);
    Opening opening = {0};

    wl_link_open_async(&config, NULL, opened, &opening);
    test_wait(is_done, &opening);
    if (opening.error)
        g_propagate_error(error, opening.error);
    return opening.link;
}

gboolean
kernel_has_wireguard(void)
{
    WlKey key = test_key(1);
    WlLinkConfig config = make_config("wlprobe", UUID, &key, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLink) link = wl_link_kernel_new(&config, 0, &error);

    if (!link)
        g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD);
    return link != NULL;
}

void
assert_nothing_left(const char *name)
{
    g_autofree char *path = wl_uapi_socket_path(name);

    g_assert_false(test_has_link(name));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

pid_t
program_of(const char *name)
{
    pid_t pid = 0;
    int fd = wl_uapi_connect(name, &pid);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    return pid;
}

gboolean
is_running(pid_t pid)
{
    return kill(pid, 0) == 0;
}

void
failed(WlLink *link, const char *reason, gpointer user_data)
{
    Failure *failure = user_data;

    failure->count++;
    g_free(failure->reason);
    failure->reason = g_strdup(reason);
    wl_link_destroy(link);
}

gboolean
has_failed(gpointer user_data)
{
    return ((Failure *) user_data)->count > 0;
}

void
add(const char *backend, const char *name, gpointer data, GTestDataFunc func)
{
    g_autofree char *path = g_strdup_printf("/link/%s/%s", backend, name);

    g_test_add_data_func(path, data, func);
}
