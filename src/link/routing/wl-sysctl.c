/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings of an interface in /proc/sys/net, written only if they differ. Stateless: the caller
 * keeps what was changed and has to be reverted. Errors are of WL_LINK_ERROR.
 */
#include "wl-sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "wl-limitation.h"
#include "wl-link-error.h"

static gboolean
has_value(const char *path, const char *value)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return FALSE;
    return g_str_equal(g_strstrip(text), value);
}

/* 0 or an errno. */
static int
write_file(const char *path, const char *value)
{
    int saved = 0;
    int fd;

    if (has_value(path, value))
        return 0;
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) < 0)
        saved = errno;
    if (fd >= 0)
        close(fd);
    return saved;
}

static gboolean
write_value(const char *family, const char *ifname, const char *key, const char *value,
            GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/sys/net/%s/conf/%s/%s", family, ifname, key);
    int code = write_file(path, value);

    if (code == 0)
        return TRUE;
    wl_link_set_errno(error, code, "cannot set %s to %s", path, value);
    return FALSE;
}

/* The same for a setting that only protects the link: a policy may refuse it. Other failures, such
 * as a read-only /proc/sys, are for the administrator of the machine to mend. */
static gboolean
write_protection(const char *family, const char *ifname, const char *key, const char *value,
                 GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/sys/net/%s/conf/%s/%s", family, ifname, key);
    int code = write_file(path, value);

    if (code != EPERM && code != EACCES && code != ENOSYS)
        return code == 0 || write_value(family, ifname, key, value, error);
    wl_limitation_add("link-settings",
                      "members may change addresses and routes of this machine with router "
                      "advertisements and redirects: cannot set %s to %s: %s",
                      path, value, g_strerror(code));
    return TRUE;
}

static gboolean
check_ipv6(const char *ifname, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/sys/net/ipv6/conf/%s", ifname);

    if (!g_file_test("/proc/sys/net/ipv6", G_FILE_TEST_IS_DIR)) {
        g_set_error(
            error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
            "IPv6 is disabled on this host, but members exchange facts over IPv6 link-local addresses; "
            "start the kernel without ipv6.disable=1");
        return FALSE;
    }
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED,
                    "interface \"%s\" has no IPv6: it was deleted, or its MTU is below 1280",
                    ifname);
        return FALSE;
    }
    return TRUE;
}

gboolean
wl_sysctl_enable_ipv6(const char *ifname, GError **error)
{
    return check_ipv6(ifname, error) && write_value("ipv6", ifname, "disable_ipv6", "0", error);
}

#define ALL6_FORWARDING "/proc/sys/net/ipv6/conf/all/forwarding"

static gboolean
has_interface_value(const char *family, const char *ifname, const char *key, const char *value)
{
    g_autofree char *path = g_strdup_printf("/proc/sys/net/%s/conf/%s/%s", family, ifname, key);

    return has_value(path, value);
}

gboolean
wl_sysctl_forwards_ipv4(const char *ifname)
{
    return has_interface_value("ipv4", ifname, "forwarding", "1");
}

gboolean
wl_sysctl_forwards_ipv6(const char *ifname)
{
    return has_value(ALL6_FORWARDING, "1") ||
           has_interface_value("ipv6", ifname, "force_forwarding", "1");
}

gboolean
wl_sysctl_ipv6_forwarding_is_global(const char *ifname)
{
    g_autofree char *own = g_strdup_printf("/proc/sys/net/ipv6/conf/%s/force_forwarding", ifname);

    return !g_file_test(own, G_FILE_TEST_EXISTS);
}

gboolean
wl_sysctl_disable_ipv4_forwarding(const char *ifname, GError **error)
{
    return write_value("ipv4", ifname, "forwarding", "0", error);
}

gboolean
wl_sysctl_disable_ipv6_forwarding(const char *ifname, GError **error)
{
    return wl_sysctl_ipv6_forwarding_is_global(ifname) ||
           write_value("ipv6", ifname, "force_forwarding", "0", error);
}

gboolean
wl_sysctl_enable_ipv4_forwarding(const char *ifname, GError **error)
{
    return write_value("ipv4", ifname, "forwarding", "1", error);
}

gboolean
wl_sysctl_enable_ipv6_forwarding(const char *ifname, gboolean *global, GError **error)
{
    g_autofree char *own = g_strdup_printf("/proc/sys/net/ipv6/conf/%s/force_forwarding", ifname);

    *global = FALSE;
    if (has_value(ALL6_FORWARDING, "1"))
        return TRUE;
    /* Linux 6.17 and later (kernel documentation, networking/ip-sysctl). Earlier ones have only the
     * switch for all interfaces. */
    if (g_file_test(own, G_FILE_TEST_EXISTS))
        return write_value("ipv6", ifname, "force_forwarding", "1", error);
    *global = write_value("ipv6", "all", "forwarding", "1", error);
    return *global;
}

gboolean
wl_sysctl_disable_global_ipv6_forwarding(GError **error)
{
    return write_value("ipv6", "all", "forwarding", "0", error);
}

gboolean
wl_sysctl_disable_link_forwarding(const char *ifname, GError **error)
{
    g_autofree char *own = g_strdup_printf("/proc/sys/net/ipv6/conf/%s/force_forwarding", ifname);

    return write_value("ipv4", ifname, "forwarding", "0", error) &&
           (!g_file_test(own, G_FILE_TEST_EXISTS) ||
            write_value("ipv6", ifname, "force_forwarding", "0", error));
}

gboolean
wl_sysctl_prepare_link(const char *ifname, GError **error)
{
    static const struct {
        const char *family, *key, *value;
    } settings[] = {
        /* Any member could send these from its fe80:: address. */
        {"ipv6", "accept_ra", "0"},
        {"ipv6", "accept_redirects", "0"},
        {"ipv6", "autoconf", "0"},
        {"ipv4", "accept_redirects", "0"},
        /* A router forwards packets of members out of the interface they arrived on. */
        {"ipv4", "send_redirects", "0"},
        /* 1 is "none": a tun interface would get a random fe80:: address. */
        {"ipv6", "addr_gen_mode", "1"},
    };

    if (!check_ipv6(ifname, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (!write_protection(settings[i].family, ifname, settings[i].key, settings[i].value,
                              error))
            return FALSE;
    }
    return wl_sysctl_enable_ipv6(ifname, error);
}

gboolean
wl_sysctl_keep_advertisements(const char *ifname)
{
    return has_interface_value("ipv6", ifname, "accept_ra", "1") &&
           write_value("ipv6", ifname, "accept_ra", "2", NULL);
}

void
wl_sysctl_end_advertisements(const char *ifname)
{
    if (has_interface_value("ipv6", ifname, "accept_ra", "2"))
        write_value("ipv6", ifname, "accept_ra", "1", NULL);
}
