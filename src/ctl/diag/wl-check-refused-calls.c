/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls that a filter refused, from /dev/kmsg: "audit: type=1326 ... exe="PATH" ...
 * syscall=N" (AUDIT_SECCOMP in linux/audit.h). The service makes none of them, so each is either
 * one that a newer library needs, or an attempt of an attacker who has taken over the service.
 */
#include "wl-check-refused-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wl-host.h"

#define LOG         "/dev/kmsg"
#define MAX_LENGTH  (16 * 1024 * 1024) /* more than the kernel's log can hold by default */
#define MAX_RECORD  8192               /* the kernel refuses to split a record */
#define MAX_SHOWN   8
#define MAX_SYSCALL 0x50000000 /* numbers of x32 have a high bit */

static const char *const programs[] = {"nm-wirelink-service", "wirelinkd"};

/* One record per read(); EPIPE: the oldest ones were overwritten. */
static char *
read_log(void)
{
    g_autofree char *path = wl_host_path(LOG);
    g_autoptr(GString) text = g_string_new(NULL);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char record[MAX_RECORD];
    ssize_t length = fd < 0 ? 0 : 1;

    while (length != 0 && text->len < MAX_LENGTH) {
        length = read(fd, record, sizeof record);
        if (length > 0)
            g_string_append_len(text, record, length);
        else if (length < 0 && errno != EPIPE && errno != EINTR)
            length = 0;
    }
    if (fd >= 0)
        close(fd);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Which of @programs the record is about; NULL: none. */
static const char *
find_program(const char *line)
{
    const char *start = strstr(line, " exe=\""), *end;

    if (!start)
        return NULL;
    start += strlen(" exe=\"");
    end = strchr(start, '"');
    for (gsize i = 0; end && i < G_N_ELEMENTS(programs); i++) {
        gsize length = strlen(programs[i]);

        if ((gsize) (end - start) > length && end[-(gssize) length - 1] == '/' &&
            strncmp(end - length, programs[i], length) == 0)
            return programs[i];
    }
    return NULL;
}

/* -1: none. */
static long
find_number(const char *line)
{
    const char *start = strstr(line, " syscall=");
    long number = start ? strtol(start + strlen(" syscall="), NULL, 10) : -1;

    return number > MAX_SYSCALL ? -1 : number;
}

typedef struct {
    const char *program;
    long number;
    guint times;
} Refused;

static void
count(GArray *found, const char *program, long number)
{
    Refused refused = {program, number, 1};

    for (guint i = 0; i < found->len; i++) {
        Refused *known = &g_array_index(found, Refused, i);

        if (known->program == program && known->number == number) {
            known->times++;
            return;
        }
    }
    if (found->len < MAX_SHOWN)
        g_array_append_val(found, refused);
}

static GArray *
find_refused(char *text)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Refused));

    for (char *line = text; line;) {
        char *next = strchr(line, '\n');
        const char *program;

        if (next)
            *next++ = '\0';
        program = strstr(line, "type=1326 ") ? find_program(line) : NULL;
        if (program && find_number(line) >= 0)
            count(found, program, find_number(line));
        line = next;
    }
    return found;
}

void
wl_check_refused_calls(WlDoctor *doctor)
{
    g_autofree char *text = read_log();
    g_autoptr(GArray) found = find_refused(text);

    for (guint i = 0; i < found->len; i++) {
        const Refused *refused = &g_array_index(found, Refused, i);

        wl_doctor_add(doctor, "refused-call", WL_CHECK_WARN,
                      "report it with the versions of GLib and of the C library, and the line of "
                      "journalctl -k --grep type=1326; ausyscall names the number",
                      "the filter of %s refused system call %ld, %u time%s since the machine "
                      "started",
                      refused->program, refused->number, refused->times,
                      refused->times == 1 ? "" : "s");
    }
}
