package smtpsink_test

import (
	"net/smtp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
)

func send(sink *smtpsink.Sink) error {
	return smtp.SendMail(sink.Addr, nil, "from@example.com", []string{"to@example.com"},
		[]byte("Subject: =?utf-8?q?H=C3=A9?=\r\nContent-Type: text/plain\r\n\r\n.one\r\ntwo\r\n"))
}

func TestSinkKeepsWhatItIsSent(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})

	require.NoError(t, send(sink))

	messages := sink.Await(1)
	require.Len(t, messages, 1)
	require.Equal(t, "from@example.com", messages[0].From)
	require.Equal(t, []string{"to@example.com"}, messages[0].To)
	body, err := messages[0].Body()
	require.NoError(t, err)
	require.Equal(t, smtpsink.Body{Subject: "Hé", Text: ".one\ntwo\n"}, body)
}

func TestSinkChangesItsReplies(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{Replies: map[string]string{smtpsink.Rcpt: "450 later"}})

	require.ErrorContains(t, send(sink), "450")
	sink.SetReplies(nil)
	require.NoError(t, send(sink))
	sink.SetReplies(map[string]string{smtpsink.Data: "554 never"})
	require.ErrorContains(t, send(sink), "554")

	require.Len(t, sink.Messages(), 1)
}

func TestSinkHoldsItsAnswerToOneDomain(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{Replies: map[string]string{
		smtpsink.Data + " example.com": smtpsink.Hold, smtpsink.Rcpt + " example.org": "550 no",
	}})
	sent := make(chan error, 1)
	go func() { sent <- send(sink) }()
	sink.AwaitHeld(1)
	require.Len(t, sink.Messages(), 1, "it is there before the answer")
	require.Empty(t, sent)
	sink.SetReplies(nil)
	require.NoError(t, <-sent)
}

func TestSinkIsGoneAfterStop(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	require.NoError(t, send(sink))

	sink.Stop()

	require.Error(t, send(sink))
	require.Len(t, sink.Messages(), 1, "messages stay")
}
