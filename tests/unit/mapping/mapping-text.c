/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-mapping-text.h"

#include "wl-nat-pmp.h"

#define V4                                                                                         \
    {                                                                                              \
        .gateway = {WL_FAMILY_V4, {192, 168, 1, 1}}, .client = {WL_FAMILY_V4, {192, 168, 1, 7}},   \
        .port = 51820                                                                              \
    }
#define V6                                                                                         \
    {                                                                                              \
        .gateway = {WL_FAMILY_V6, {0xfe, 0x80, [15] = 1}},                                         \
        .client = {WL_FAMILY_V6, {0x20, 0x01, 0x0d, 0xb8, [15] = 7}}, .port = 51820                \
    }
#define REFUSED(protocol_, result_)                                                                \
    {                                                                                              \
        .state = WL_MAPPING_REFUSED, .protocol = WL_MAPPING_##protocol_, .target = V4,             \
        .result = result_                                                                          \
    }

static void
test_describe(void)
{
    /* clang-format off */
    static const struct {
        WlMappingView view;
        const char *sentence;
    } cases[] = {
        {{.state = WL_MAPPING_OFF, .target = V4}, NULL},
        {{.state = WL_MAPPING_ASKING, .target = V4}, "the gateway 192.168.1.1 is asked to pass on UDP port 51820"},
        {{.state = WL_MAPPING_MAPPED, .target = V4, .external = {{WL_FAMILY_V4, {203, 0, 113, 9}}, 4711}},
         "the gateway 192.168.1.1 passes on what arrives at 203.0.113.9:4711 (PCP)"},
        {{.state = WL_MAPPING_MAPPED, .protocol = WL_MAPPING_NAT_PMP, .target = V4,
          .external = {{WL_FAMILY_V4, {203, 0, 113, 9}}, 4711}},
         "the gateway 192.168.1.1 passes on what arrives at 203.0.113.9:4711 (NAT-PMP)"},
        {{.state = WL_MAPPING_MAPPED, .target = V4, .nested = TRUE, .external = {{WL_FAMILY_V4, {100, 64, 0, 9}}, 4711}},
         "the gateway 192.168.1.1 passes on what arrives at 100.64.0.9:4711, but is behind another NAT, so that "
         "members elsewhere cannot use it (PCP)"},
        {{.state = WL_MAPPING_MAPPED, .target = V6,
          .external = {{WL_FAMILY_V6, {0x20, 0x01, 0x0d, 0xb8, [15] = 7}}, 51820}},
         "the gateway fe80::1 lets in what is sent to [2001:db8::7]:51820 (PCP)"},
        {{.state = WL_MAPPING_SILENT, .target = V4},
         "the gateway 192.168.1.1 answers neither PCP nor NAT-PMP; members behind difficult NATs connect directly if "
         "it forwards UDP port 51820 to 192.168.1.7"},
        {{.state = WL_MAPPING_SILENT, .target = V6},
         "the gateway fe80::1 does not answer PCP; if its firewall drops what comes from outside, allow UDP to port "
         "51820 of 2001:db8::7 there"},
        {REFUSED(PCP, WL_PCP_NOT_AUTHORIZED), "the gateway 192.168.1.1 does not pass on UDP port 51820: its settings "
         "do not allow it to this machine (PCP)"},
        {REFUSED(PCP, WL_PCP_NETWORK_FAILURE),
         "the gateway 192.168.1.1 does not pass on UDP port 51820: it has no external address (PCP)"},
        {REFUSED(PCP, WL_PCP_NO_EXTERNAL),
         "the gateway 192.168.1.1 does not pass on UDP port 51820: it has no external address (PCP)"},
        {REFUSED(PCP, WL_PCP_NO_RESOURCES),
         "the gateway 192.168.1.1 does not pass on UDP port 51820: it cannot open a port now (PCP)"},
        {REFUSED(PCP, WL_PCP_USER_QUOTA), "the gateway 192.168.1.1 does not pass on UDP port 51820: this machine has "
         "too many ports already (PCP)"},
        {REFUSED(PCP, WL_PCP_ADDRESS_MISMATCH),
         "the gateway 192.168.1.1 does not pass on UDP port 51820: there is another NAT between (PCP)"},
        {REFUSED(PCP, 4), "the gateway 192.168.1.1 does not pass on UDP port 51820: error 4 (PCP)"},
        {REFUSED(NAT_PMP, WL_NAT_PMP_NOT_AUTHORIZED), "the gateway 192.168.1.1 does not pass on UDP port 51820: its "
         "settings do not allow it to this machine (NAT-PMP)"},
        {REFUSED(NAT_PMP, WL_NAT_PMP_NETWORK_FAILURE),
         "the gateway 192.168.1.1 does not pass on UDP port 51820: it has no external address (NAT-PMP)"},
        {REFUSED(NAT_PMP, WL_NAT_PMP_NO_RESOURCES),
         "the gateway 192.168.1.1 does not pass on UDP port 51820: it cannot open a port now (NAT-PMP)"},
        {REFUSED(NAT_PMP, 5), "the gateway 192.168.1.1 does not pass on UDP port 51820: error 5 (NAT-PMP)"},
    };
    /* clang-format on */

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *sentence = wl_mapping_describe(&cases[i].view);

        g_assert_cmpstr(sentence, ==, cases[i].sentence);
    }
}

static void
test_states(void)
{
    static const char *const names[] = {"off", "asking", "mapped", "silent", "refused"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpstr(wl_mapping_state_to_string(i), ==, names[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mapping/text/sentences", test_describe);
    g_test_add_func("/mapping/text/states", test_states);
    return g_test_run();
}
