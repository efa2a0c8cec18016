/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-nat-pmp.h"

static void
test_requests(void)
{
    static const guint8 address[] = {0, 0};
    static const guint8 map[] = {0, 1, 0, 0, 0xca, 0x6c, 0xca, 0x6d, 0, 0, 0x1c, 0x20};
    guint8 bytes[WL_NAT_PMP_MAP_SIZE];

    memset(bytes, 0xee, sizeof bytes);
    wl_nat_pmp_encode_address(bytes);
    g_assert_cmpmem(bytes, WL_NAT_PMP_ADDRESS_SIZE, address, sizeof address);
    memset(bytes, 0xee, sizeof bytes);
    wl_nat_pmp_encode_map(51820, 51821, 7200, bytes);
    g_assert_cmpmem(bytes, sizeof bytes, map, sizeof map);
}

static void
test_address(void)
{
    static const guint8 data[] = {0, 0x80, 0, 0, 0, 1, 0, 2, 203, 0, 113, 9};
    WlNatPmpResponse response;
    WlIp address;

    g_assert_true(wl_ip_parse("203.0.113.9", &address));
    g_assert_true(wl_nat_pmp_decode(data, sizeof data, &response));
    g_assert_cmpint(response.opcode, ==, WL_NAT_PMP_ADDRESS);
    g_assert_cmpint(response.result, ==, WL_NAT_PMP_SUCCESS);
    g_assert_cmpuint(response.epoch, ==, 65538);
    g_assert_true(wl_ip_equal(&response.address, &address));
}

static const guint8 mapped[] = {0,    0x81, 0,    0,    0, 0, 0,    9,
                                0xca, 0x6c, 0xca, 0x6d, 0, 0, 0x0e, 0x10};

static void
test_mapping(void)
{
    WlNatPmpResponse response;

    g_assert_true(wl_nat_pmp_decode(mapped, sizeof mapped, &response));
    g_assert_cmpint(response.opcode, ==, WL_NAT_PMP_MAP_UDP);
    g_assert_cmpuint(response.epoch, ==, 9);
    g_assert_cmpuint(response.internal_port, ==, 51820);
    g_assert_cmpuint(response.external_port, ==, 51821);
    g_assert_cmpuint(response.lifetime, ==, 3600);
}

/* Each case changes one byte of a mapping, or its length. */
static void
test_responses(void)
{
    static const struct {
        const char *sentence;
        gsize length, offset;
        guint8 value;
        gboolean accepted;
    } cases[] = {
        {"a mapping", 16, 0, 0, TRUE},
        {"a longer mapping", 20, 0, 0, TRUE},
        {"a mapping that is cut", 15, 0, 0, FALSE},
        {"PCP", 16, 0, 2, FALSE},
        {"a request", 16, 1, 0x01, FALSE},
        {"a mapping of TCP", 16, 1, 0x82, FALSE},
        {"an address", 12, 1, 0x80, TRUE},
        {"an address that is cut", 11, 1, 0x80, FALSE},
        {"an error without the rest", 8, 3, 1, TRUE},
        {"an error of an unknown request", 8, 3, 5, TRUE},
        {"an error that is cut", 7, 3, 1, FALSE},
        {"an error with a high number", 8, 2, 1, TRUE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint8 data[20] = {0};
        WlNatPmpResponse response;

        g_test_message("%s", cases[i].sentence);
        memcpy(data, mapped, sizeof mapped);
        data[cases[i].offset] = cases[i].value;
        g_assert_cmpint(wl_nat_pmp_decode(data, cases[i].length, &response), ==, cases[i].accepted);
        if (cases[i].accepted)
            g_assert_cmpint(response.result, ==, data[2] << 8 | data[3]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mapping/nat-pmp/requests", test_requests);
    g_test_add_func("/mapping/nat-pmp/address", test_address);
    g_test_add_func("/mapping/nat-pmp/mapping", test_mapping);
    g_test_add_func("/mapping/nat-pmp/responses", test_responses);
    return g_test_run();
}
