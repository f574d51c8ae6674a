// Uses the vendor's Node library as a customer would, and prints what it saw as JSON.
// Arguments: the emulator's URL, account SID, auth token.
const twilio = require("twilio");

const [url, accountSid, authToken] = process.argv.slice(2);
const ever = new Date("2000-01-01T00:00:00Z");
const sids = (rooms) => rooms.map((room) => room.roomSid);

function connect(secret) {
  const client = twilio(accountSid, secret);
  client.insights.baseUrl = url;
  return client;
}

const error = (promise) => promise.then(() => null, ({ status, code }) => ({ status, code }));

async function main() {
  const rooms = connect(authToken).insights.v1.rooms;
  const all = await rooms.list({ createdAfter: ever, pageSize: 40 });
  const streamed = [];
  await new Promise((resolve, reject) =>
    rooms.each({ createdAfter: ever, pageSize: 7, limit: 25, done: (failure) => (failure ? reject(failure) : resolve()) }, (room) =>
      streamed.push(room.roomSid),
    ),
  );
  const busiest = all.reduce((one, other) => (one.uniqueParticipants >= other.uniqueParticipants ? one : other));
  const inProgress = all.find((room) => room.roomStatus === "in_progress");
  const participants = await rooms(busiest.roomSid).participants.list({ pageSize: 2 });
  const fetched = await rooms(busiest.roomSid).participants(participants[0].participantSid).fetch();
  const first = await rooms.page({ createdAfter: ever, pageSize: 10 });
  const second = await first.nextPage();
  const back = await second.previousPage();
  return {
    all: sids(all),
    default_window: sids(await rooms.list()),
    streamed,
    types: sids(await rooms.list({ createdAfter: ever, roomType: ["go", "group"] })),
    codecs: sids(await rooms.list({ createdAfter: ever, codec: ["VP9", "opus"] })),
    name: sids(await rooms.list({ createdAfter: ever, roomName: "Sprechstunde Müller" })),
    bounds: sids(await rooms.list({ createdAfter: all[60].createTime, createdBefore: all[20].createTime })),
    busiest: await rooms(busiest.roomSid).fetch(),
    end_time_of_room_in_progress: (await rooms(inProgress.roomSid).fetch()).endTime,
    participants: participants.map((participant) => participant.participantSid),
    participant: fetched,
    back: sids(back.instances),
    errors: {
      room: await error(rooms("RM" + "0".repeat(32)).fetch()),
      type: await error(rooms.list({ roomType: ["webinar"] })),
      token: await error(rooms.page({ pageToken: "PTx" })),
      limit: await error(rooms.list({ limit: 5000 })),
      secret: await error(connect("wrong").insights.v1.rooms.list()),
    },
  };
}

main().then((seen) => console.log(JSON.stringify(seen)));
