/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes the parsers of what WireGuard reports about a device. The first byte selects the parser:
 * odd for the UAPI text of a userspace program, even for the netlink messages of a dump. */

#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "wl-uapi-parse.h"
#include "wl-wg-message-parse.h"

static void
check_text(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlDevice) device = wl_uapi_parse_device(text, length, 0, &error);

    g_assert_true(device ? error == NULL : error != NULL);
}

/* The kernel sends whole messages. */
static void
check_messages(const uint8_t *data, gsize size)
{
    g_autoptr(WlDevice) device = wl_device_new();
    g_autofree uint8_t *aligned = g_memdup2(data, size);
    const struct nlmsghdr *message = (const void *) aligned;
    int left = (int) size;

    while (left >= (int) MNL_NLMSG_HDRLEN + 4 && message->nlmsg_len >= MNL_NLMSG_HDRLEN + 4 &&
           message->nlmsg_len <= (guint32) left) {
        int result = wl_wg_message_parse(message, 0, device);

        g_assert_true(result == 0 || result == -EBADMSG);
        message = mnl_nlmsg_next(message, &left);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] & 1)
        check_text((const char *) data + 1, size - 1);
    else if (size > 1)
        check_messages(data + 1, size - 1);
    return 0;
}
