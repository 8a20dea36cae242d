#pragma once

#include <string>

#include "umsadm/base/secret.hpp"

#include "lib/remote/ssh_session.hpp"

namespace umsadm::remote {

// `refused` may be a partial success.
enum class PasswordAnswer { accepted, refused, expired, closed };

// The methods "password" and "keyboard-interactive" (RFC 4252, RFC 4256). The second answers one question for a
// password and nothing else: an expired password makes the server ask for a new one, and an answer would change it.
PasswordAnswer send_password(SshSession& session, const std::string& user, const Secret& password,
                             const Deadline& deadline);
PasswordAnswer answer_questions(SshSession& session, const std::string& user, const Secret& password,
                                const Deadline& deadline);

// Whether a question wants the present password of the user.
bool asks_for_password(std::string_view prompt);
// Whether it wants a new one, or belongs to the dialogue that sets one.
bool asks_for_new_password(std::string_view prompt);

}  // namespace umsadm::remote
