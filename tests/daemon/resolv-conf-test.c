/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The DNS servers of resolv.conf. */

#include "wl-resolv-conf.h"

static void
test_parse(void)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"nameserver 192.0.2.1\n", "192.0.2.1@"},
        {"nameserver 192.0.2.1", "192.0.2.1@"},
        {"nameserver\t 192.0.2.1 # first\r\nnameserver 2001:db8::1\n", "192.0.2.1@ 2001:db8::1@"},
        {"  nameserver 192.0.2.1\n# nameserver 192.0.2.2\n; nameserver 192.0.2.3\n", "192.0.2.1@"},
        {"nameserver fe80::1%eth0\n", "fe80::1@eth0"},
        {"nameserver 192.0.2.1\nnameserver 192.0.2.1\n", "192.0.2.1@"},
        /* resolvers of this machine */
        {"nameserver 127.0.0.53\nnameserver ::1\n", ""},
        /* of the tunnel */
        {"nameserver 10.77.0.1\nnameserver 192.0.2.1\n", "192.0.2.1@"},
        {"search example.net\noptions edns0\nnameservers 192.0.2.1\nnameserver\nnameserver x\n",
         ""},
    };
    g_autoptr(GPtrArray) except = g_ptr_array_new();

    g_ptr_array_add(except, "10.77.0.1");
    g_ptr_array_add(except, "example.net");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) servers = g_array_new(FALSE, TRUE, sizeof(WlDnsServer));
        g_autoptr(GString) text = g_string_new(NULL);

        wl_resolv_conf_parse(rows[i].text, except, servers);
        for (guint j = 0; j < servers->len; j++) {
            const WlDnsServer *server = &g_array_index(servers, WlDnsServer, j);
            g_autofree char *address = wl_ip_to_string(&server->address);

            g_string_append_printf(text, "%s%s@%s", j ? " " : "", address, server->interface);
        }
        g_assert_cmpstr(text->str, ==, rows[i].expected);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/resolv-conf/parse", test_parse);
    return g_test_run();
}
