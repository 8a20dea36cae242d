#pragma once

#include "umsadm/registry/login.hpp"

#include "command.hpp"

namespace umsadm::app {

// The login options of commands that connect, under the heading "Login". `bind(field)` makes the reader of an option
// for a field of LoginOptions (a pointer to a member), and `set(field, value)` what a flag does: straight into options
// of this run, or as a change of a record.
template <typename Bind, typename Set>
void add_login_options(Command& command, Bind bind, Set set) {
    command.heading("Login")
        .option("--ssh-host", "HOST", "where SSH goes (default: the host itself)", bind(&LoginOptions::ssh_host))
        .option("--ssh-port", "PORT", "(default: 22)", bind(&LoginOptions::ssh_port))
        .option("--ssh-user", "NAME", "the user who logs in, root or one who may use sudo (default: who runs umsadm)",
                bind(&LoginOptions::ssh_user))
        .offering({OfferKind::nothing})
        .option("--ssh-key", "FILE", "a private key to log in with", bind(&LoginOptions::ssh_keys))
        .option("--ssh-key-password", "SRC", "the passphrase of the private keys",
                bind(&LoginOptions::ssh_key_password))
        .flag("--ssh-agent", "log in with the keys of the SSH agent", set(&LoginOptions::ssh_agent, true))
        .flag("--no-ssh-agent", "leave the SSH agent alone", set(&LoginOptions::ssh_agent, false))
        .option("--ssh-password", "SRC", "the password to log in with", bind(&LoginOptions::ssh_password))
        .option("--sudo-password", "SRC", "the password that sudo asks for (default: the SSH password)",
                bind(&LoginOptions::sudo_password))
        .option("--jump", "USER@HOST:PORT", "reach the SSH server through this one; several are separated by \",\"",
                bind(&LoginOptions::jump))
        .flag("--no-ssh-config", "leave the configuration of OpenSSH (~/.ssh/config) alone",
              set(&LoginOptions::ssh_config, false))
        .flag("--ssh-config", "let it say what is not given here", set(&LoginOptions::ssh_config, true))
        .option("--host-key", "SHA256:...", "the only host key that is accepted, as its fingerprint",
                bind(&LoginOptions::host_keys))
        .option("--known-hosts", "FILE", "accept the host keys of this file (default: those of OpenSSH)",
                bind(&LoginOptions::known_hosts))
        .flag("--local", "the host is this machine: no SSH", set(&LoginOptions::local, true))
        .flag("--no-local", "the host is reached with SSH", set(&LoginOptions::local, false))
        .option("--probe", "direct|ssh", "look at the TLS port from here, or through the SSH connection",
                bind(&LoginOptions::probe));
}

}  // namespace umsadm::app
