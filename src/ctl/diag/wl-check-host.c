/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's checks of this machine that need no D-Bus: WireGuard, the files of the plugin, the
 * clock and IPv6.
 */
#include "wl-check-host.h"

#include <stdlib.h>
#include <string.h>

#include "wl-display.h"
#include "wl-host.h"

#define MAX_VALUE 80 /* columns */

static void
check_wireguard(WlDoctor *self)
{
    g_autofree char *program = wl_host_find_program("wireguard-go");

    switch (wl_host_get_wireguard()) {
    case WL_HOST_WIREGUARD_LOADED:
        wl_doctor_add(self, "wireguard", WL_CHECK_OK, NULL, "the kernel has WireGuard");
        return;
    case WL_HOST_WIREGUARD_LOADABLE:
        wl_doctor_add(self, "wireguard", WL_CHECK_OK, NULL,
                      "the kernel has WireGuard and loads it on demand");
        return;
    case WL_HOST_WIREGUARD_NONE:
        break;
    }
    if (program)
        wl_doctor_add(self, "wireguard", WL_CHECK_WARN,
                      "userspace WireGuard works but is slower; use a kernel with the "
                      "wireguard module if possible",
                      "the kernel has no WireGuard; %s is used instead", program);
    else
        wl_doctor_add(self, "wireguard", WL_CHECK_FAIL,
                      "install wireguard-go, or a kernel with the wireguard module",
                      "the kernel has no WireGuard, and wireguard-go is not installed");
}

/* A value of the .name file, by which NetworkManager finds the plugin. */
static char *
get_name_value(const char *text, const char *group, const char *key)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    if (!g_key_file_load_from_data(file, text, (gsize) -1, G_KEY_FILE_NONE, NULL))
        return NULL;
    return g_key_file_get_string(file, group, key, NULL);
}

static gboolean
is_installed(const char *path, const char *folder)
{
    g_autofree char *whole = NULL;

    if (!path)
        return FALSE;
    whole = g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(folder, path, NULL);
    return wl_host_exists(whole);
}

static void
check_plugin(WlDoctor *self)
{
    static const char *const folders[] = {"/etc/NetworkManager/VPN", WL_VPN_DIR};
    g_autofree char *text = NULL;
    g_autofree char *program = NULL;
    g_autofree char *plugin = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(folders) && !text; i++) {
        g_autofree char *path = g_build_filename(folders[i], "nm-wirelink-service.name", NULL);

        text = wl_host_read(path);
    }
    program = text ? get_name_value(text, "VPN Connection", "program") : NULL;
    plugin = text ? get_name_value(text, "libnm", "plugin") : NULL;
    /* A server without NetworkManager. */
    if (!text && wl_host_has_daemon())
        return;
    if (!text) {
        wl_doctor_add(self, "plugin", WL_CHECK_FAIL,
                      "install NetworkManager-wirelink for all users, with the prefix /usr",
                      "NetworkManager does not find the plugin: " WL_VPN_DIR
                      "/nm-wirelink-service.name is missing");
        return;
    }
    if (!is_installed(program, "/") || !is_installed(plugin, WL_PLUGIN_DIR)) {
        g_autofree char *shown = wl_display_quote(
            is_installed(program, "/") ? plugin ? plugin : "libnm-vpn-plugin-wirelink.so"
            : program                  ? program
                                       : "nm-wirelink-service",
            MAX_VALUE);

        wl_doctor_add(self, "plugin", WL_CHECK_FAIL, "reinstall NetworkManager-wirelink",
                      "a part of the plugin is missing: %s", shown);
        return;
    }
    wl_doctor_add(self, "plugin", WL_CHECK_OK, NULL, "the plugin is installed");
}

static void
check_clock(WlDoctor *self)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC, made = wl_host_get_made_time();
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(now);
    g_autofree char *shown = date ? g_date_time_format(date, "%Y-%m-%d") : g_strdup("?");

    /* A day of tolerance for builds on other machines. */
    if (now < made - 24 * 3600)
        wl_doctor_add(self, "clock", WL_CHECK_FAIL,
                      "set the clock, for example with timedatectl set-ntp yes: peers "
                      "reject handshakes that are older than the last one",
                      "the clock is wrong: %s is before this program was built", shown);
    else
        wl_doctor_add(self, "clock", WL_CHECK_OK, NULL, "the clock is plausible");
}

static void
check_ipv6(WlDoctor *self)
{
    static const char *const files[] = {"/proc/sys/net/ipv6/conf/all/disable_ipv6",
                                        "/proc/sys/net/ipv6/conf/default/disable_ipv6"};

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *value = wl_host_read(files[i]);

        if (!value) {
            wl_doctor_add(self, "ipv6", WL_CHECK_FAIL,
                          "boot without ipv6.disable=1, or with a kernel that has IPv6: "
                          "members exchange facts over IPv6 link-local addresses in the "
                          "tunnel",
                          "the kernel has no IPv6");
            return;
        }
        if (atoi(value) != 0) {
            wl_doctor_add(self, "ipv6", WL_CHECK_FAIL,
                          "set net.ipv6.conf.all.disable_ipv6 and "
                          "net.ipv6.conf.default.disable_ipv6 to 0 with sysctl: members "
                          "exchange facts over IPv6 link-local addresses in the tunnel",
                          "IPv6 is disabled");
            return;
        }
    }
    wl_doctor_add(self, "ipv6", WL_CHECK_OK, NULL, "IPv6 is enabled");
}

void
wl_check_host(WlDoctor *doctor)
{
    check_wireguard(doctor);
    check_plugin(doctor);
    check_clock(doctor);
    check_ipv6(doctor);
}
