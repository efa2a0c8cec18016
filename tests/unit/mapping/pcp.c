/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-pcp.h"

static WlIp
ip(const char *text)
{
    WlIp result = {0};

    g_assert_true(wl_ip_parse(text, &result));
    return result;
}

static const WlPcpNonce nonce = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};

static void
test_request_v4(void)
{
    static const guint8 expected[WL_PCP_MAP_SIZE] = {
        2,  1, 0, 0, 0,    0,    0x1c, 0x20, /* header, 7200 s */
        0,  0, 0, 0, 0,    0,    0,    0,    0, 0,  0xff, 0xff, 192, 168, 1,   7, /* client */
        1,  2, 3, 4, 5,    6,    7,    8,    9, 10, 11,   12,                     /* nonce */
        17, 0, 0, 0, 0xca, 0x6c, 0xca, 0x6d, /* UDP, 51820, 51821 */
        0,  0, 0, 0, 0,    0,    0,    0,    0, 0,  0xff, 0xff, 203, 0,   113, 9, /* suggested */
    };
    WlPcpRequest request = {
        .nonce = nonce,
        .client = ip("192.168.1.7"),
        .internal_port = 51820,
        .suggested = {.ip = ip("203.0.113.9"), .port = 51821},
        .lifetime = 7200,
    };
    guint8 bytes[WL_PCP_MAP_SIZE];

    memset(bytes, 0xee, sizeof bytes);
    wl_pcp_encode_map(&request, bytes);
    g_assert_cmpmem(bytes, sizeof bytes, expected, sizeof expected);
}

static void
test_request_any_address(void)
{
    static const guint8 any_v4[16] = {[10] = 0xff, [11] = 0xff};
    static const guint8 any_v6[16] = {0};
    static const guint8 client_v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 5};
    WlPcpRequest request = {.client = ip("10.0.0.2"), .internal_port = 1};
    guint8 bytes[WL_PCP_MAP_SIZE];

    wl_pcp_encode_map(&request, bytes);
    g_assert_cmpmem(bytes + 44, 16, any_v4, 16);
    request.client = ip("2001:db8::5");
    wl_pcp_encode_map(&request, bytes);
    g_assert_cmpmem(bytes + 8, 16, client_v6, 16);
    g_assert_cmpmem(bytes + 44, 16, any_v6, 16);
}

/* A success for 51820, at 203.0.113.9:51821. */
static const guint8 success[WL_PCP_MAP_SIZE] = {
    2,    0x81, 0,    0,    0, 0, 0x0e, 0x10, 0, 1, 0, 2, 0, 0,  0,    0,    0,   0, 0,   0,
    0,    0,    0,    0,    1, 2, 3,    4,    5, 6, 7, 8, 9, 10, 11,   12,   17,  0, 0,   0,
    0xca, 0x6c, 0xca, 0x6d, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0,  0xff, 0xff, 203, 0, 113, 9,
};

static void
test_response(void)
{
    WlPcpResponse response;
    WlEndpoint external = {.ip = ip("203.0.113.9"), .port = 51821};

    g_assert_true(wl_pcp_decode(success, sizeof success, &response));
    g_assert_cmpint(response.opcode, ==, WL_PCP_MAP);
    g_assert_cmpint(response.result, ==, WL_PCP_SUCCESS);
    g_assert_cmpuint(response.lifetime, ==, 3600);
    g_assert_cmpuint(response.epoch, ==, 65538);
    g_assert_cmpmem(&response.nonce, sizeof response.nonce, &nonce, sizeof nonce);
    g_assert_cmpuint(response.internal_port, ==, 51820);
    g_assert_true(wl_endpoint_equal(&response.external, &external));
}

/* Each case changes one byte of a success, or its length. */
static void
test_responses(void)
{
    static const struct {
        const char *sentence;
        gsize length, offset;
        guint8 value;
        gboolean accepted;
    } cases[] = {
        {"a success", 60, 0, 2, TRUE},
        {"another version", 60, 0, 1, FALSE},
        {"NAT-PMP", 60, 0, 0, FALSE},
        {"a request", 60, 1, 0x01, FALSE},
        {"the opcode PEER", 60, 1, 0x82, FALSE},
        {"an announcement", 24, 1, 0x80, TRUE},
        {"an announcement with more", 60, 1, 0x80, TRUE},
        {"an announcement that is cut", 20, 1, 0x80, FALSE},
        {"an error", 60, 3, 8, TRUE},
        {"another protocol", 60, 36, 6, FALSE},
        {"a mapping that is cut", 56, 0, 2, FALSE},
        {"a mapping with an option", 64, 0, 2, TRUE},
        {"no multiple of four bytes", 61, 0, 2, FALSE},
        {"the longest message", 1100, 0, 2, TRUE},
        {"a longer message", 1104, 0, 2, FALSE},
        {"nothing", 0, 0, 2, FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree guint8 *data = g_malloc0(MAX(cases[i].length, 1));
        WlPcpResponse response;

        g_test_message("%s", cases[i].sentence);
        memcpy(data, success, MIN(cases[i].length, sizeof success));
        if (cases[i].length > 0)
            data[cases[i].offset] = cases[i].value;
        g_assert_cmpint(wl_pcp_decode(data, cases[i].length, &response), ==, cases[i].accepted);
        if (cases[i].accepted)
            g_assert_cmpint(response.result, ==, data[3]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mapping/pcp/request", test_request_v4);
    g_test_add_func("/mapping/pcp/request for any address", test_request_any_address);
    g_test_add_func("/mapping/pcp/response", test_response);
    g_test_add_func("/mapping/pcp/responses", test_responses);
    return g_test_run();
}
