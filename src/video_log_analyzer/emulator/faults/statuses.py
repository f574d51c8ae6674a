"""Statuses that nobody documented, or not for this case."""

from __future__ import annotations

from dataclasses import replace

from contract_kit.emulator.faults.hooks import with_header
from contract_kit.emulator.faults.registry import Respond
from contract_kit.emulator.messages import Request, Response
from video_log_analyzer.emulator.errors import InternalError, MethodNotAllowedError, NotFoundError
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("statuses")


def operation(path: str) -> str:
    """Return which operation a path belongs to, such as ``list rooms``, or nothing."""
    slashes = {3: "list rooms", 4: "fetch room", 5: "list participants", 6: "fetch participant"}
    return slashes.get(path.count("/"), "") if path.startswith("/v1/Video/Rooms") else ""


def _failing(inner: Respond, request: Request, name: str) -> Response:
    response = inner(request)
    if response.status == 200 and operation(request.path) == name:
        return replace(response, status=500, body=InternalError().body())
    return response


def _swapped(response: Response, old: int, new: int) -> Response:
    return replace(response, status=new) if response.status == old else response


@faults.on_respond
def _rooms_fail(inner: Respond, request: Request) -> Response:
    """The list of rooms is broken for good."""
    return _failing(inner, request, "list rooms")


@faults.on_respond
def _room_fails(inner: Respond, request: Request) -> Response:
    """Fetching a room is broken for good."""
    return _failing(inner, request, "fetch room")


@faults.on_respond
def _participants_fail(inner: Respond, request: Request) -> Response:
    """One operation is broken for good."""
    return _failing(inner, request, "list participants")


@faults.on_respond
def _participant_fails(inner: Respond, request: Request) -> Response:
    """Fetching a participant is broken for good."""
    return _failing(inner, request, "fetch participant")


@faults.on_response
def _status_201(response: Response) -> Response:
    """A read answers as if it had created something."""
    return _swapped(response, 200, 201)


@faults.on_response
def _status_203(response: Response) -> Response:
    """A proxy in between answers with a success that nobody documented."""
    return _swapped(response, 200, 203)


@faults.on_response
def _status_206(response: Response) -> Response:
    """A page answers with the status of a range of bytes."""
    return _swapped(response, 200, 206)


@faults.on_response
def _status_302(response: Response) -> Response:
    """Answers are elsewhere, and the vendor's libraries follow no redirect."""
    if response.status != 200:
        return response
    return with_header(replace(response, status=302, body=b""), b"location", b"/v2/Video/Rooms")


@faults.on_response
def _error_as_success(response: Response) -> Response:
    """Errors are sent with status 200."""
    return replace(response, status=200) if response.status >= 400 else response


@faults.on_response
def _status_418(response: Response) -> Response:
    """A status that nobody documented takes the place of 404."""
    return _swapped(response, 404, 418)


@faults.on_response
def _gone(response: Response) -> Response:
    """A room that is not there is said to be gone for ever."""
    return _swapped(response, 404, 410)


@faults.on_response
def _not_found_as_bad_request(response: Response) -> Response:
    """An unknown SID is the caller's mistake."""
    return _swapped(response, 404, 400)


@faults.on_response
def _not_found_crashes(response: Response) -> Response:
    """What is not there makes the server fail."""
    return replace(response, status=500, body=InternalError().body()) if response.status == 404 else response


@faults.on_response
def _bad_request_crashes(response: Response) -> Response:
    """A parameter that cannot be used makes the server fail."""
    return replace(response, status=500, body=InternalError().body()) if response.status == 400 else response


@faults.on_response
def _bad_request_as_422(response: Response) -> Response:
    """A framework with its own view takes over the validation."""
    return _swapped(response, 400, 422)


@faults.on_response
def _unauthorized_as_403(response: Response) -> Response:
    """Wrong credentials are forbidden instead of unauthorized."""
    return _swapped(response, 401, 403)


@faults.on_response
def _unauthorized_as_404(response: Response) -> Response:
    """Without credentials nothing is found."""
    return (
        replace(response, status=404, body=NotFoundError("/Video/Rooms").body()) if response.status == 401 else response
    )


@faults.on_response
def _method_as_404(response: Response) -> Response:
    """A method that is not allowed is not found."""
    return (
        replace(response, status=404, body=NotFoundError("/Video/Rooms").body()) if response.status == 405 else response
    )


@faults.on_response
def _method_as_501(response: Response) -> Response:
    """A method that is not allowed is not implemented."""
    return _swapped(response, 405, 501)


@faults.on_respond
def _post_accepted(inner: Respond, request: Request) -> Response:
    """Any method is taken for a GET."""
    return inner(replace(request, method="GET"))


@faults.on_respond
def _get_refused(inner: Respond, request: Request) -> Response:
    """Participants can be listed by POST only, for long filters."""
    response = inner(request)
    if response.status != 200 or operation(request.path) != "list participants":
        return response
    headers = (*response.headers, *MethodNotAllowedError.headers)
    return replace(response, status=405, headers=headers, body=MethodNotAllowedError().body())


@faults.on_respond
def _rooms_not_found(inner: Respond, request: Request) -> Response:
    """The list moves to another path."""
    response = inner(request)
    if response.status == 200 and operation(request.path) == "list rooms":
        return replace(response, status=404, body=NotFoundError(request.path).body())
    return response
