/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the service manager: prints the lines that arrive at the socket of sd_notify(3).
 * Usage: notify-socket PATH. Runs until it is killed. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    char buffer[4096];
    ssize_t length;

    if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
        return 2;
    strcpy(address.sun_path, argv[1]);
    if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof address) < 0) {
        perror(argv[1]);
        return 1;
    }
    while ((length = recv(fd, buffer, sizeof buffer, 0)) >= 0) {
        printf("%.*s\n", (int) length, buffer);
        fflush(stdout);
    }
    return 0;
}
