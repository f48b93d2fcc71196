;;; octobot.el --- Octobot over the daemon's socket -*- lexical-binding: t; -*-

;; Needs Emacs 28 and nothing else: jsonrpc.el speaks the daemon's own protocol, with Content-Length framing, over its
;; unix socket.  The daemon has to run ("octoctl call rpc.ping" starts it).
;;
;;   M-x octobot-prompt    asks what to do in a new session of this repository and shows the turn
;;   M-x octobot-cancel    ends the running turn
;;
;; For a full ACP client see agent-shell (MELPA), with "octoctl acp" as its command.

(require 'jsonrpc)
(require 'subr-x)

(defvar octobot-agent nil "Id of the agent of new sessions; nil for the project's default.")
(defvar octobot--connection nil)
(defvar octobot--session nil)
(defvar octobot-turn-end-functions nil "Called with the state of each turn that ends.")

(defun octobot--socket ()
  (string-trim (shell-command-to-string "octoctl socket")))

(defun octobot--connect ()
  (unless (and octobot--connection (jsonrpc-running-p octobot--connection))
    (setq octobot--connection
          (jsonrpc-process-connection
           :name "octobot"
           :process (make-network-process :name "octobot" :family 'local :service (octobot--socket)
                                          :coding 'utf-8-emacs-unix :noquery t)
           :notification-dispatcher #'octobot--notified)))
  octobot--connection)

(defun octobot-call (method &rest params)
  "Call METHOD of the daemon with PARAMS, a plist; gives its result as a plist."
  ;; Without params an empty object, not null.
  (jsonrpc-request (octobot--connect) method (or params (make-hash-table)) :timeout 60))

(defun octobot--insert (text)
  (with-current-buffer (get-buffer-create "*octobot*")
    (save-excursion (goto-char (point-max)) (insert text))))

(defun octobot--notified (_connection method params)
  (when (and (eq method 'chat) (equal (plist-get params :type) "event"))
    (let* ((item (plist-get params :data)) (kind (plist-get item :kind)))
      (cond
       ((equal kind "chunk")
        (let ((chunk (plist-get item :chunk)))
          (pcase (plist-get chunk :type)
            ("text-delta" (octobot--insert (plist-get chunk :delta)))
            ("tool-input-available"
             (octobot--insert (format "\n- %s\n" (or (plist-get chunk :title) (plist-get chunk :toolName)))))
            ("error" (octobot--insert (format "\n%s\n" (plist-get chunk :errorText)))))))
       ((and (equal kind "approval") (equal (plist-get (plist-get item :approval) :state) "pending"))
        ;; Asking inside of a process filter would block it.
        (run-at-time 0 nil #'octobot--ask (plist-get item :approval)))
       ((and (equal kind "turn") (member (plist-get item :state) '("completed" "failed" "cancelled" "unknown")))
        (octobot--insert (format "\n[%s]\n" (plist-get item :state)))
        (run-hook-with-args 'octobot-turn-end-functions (plist-get item :state)))))))

(defun octobot--ask (approval)
  "Ask what APPROVAL asks; whoever answers first, here or elsewhere, has answered."
  (let ((answers nil))
    (seq-do (lambda (question)
              (let ((labels (mapcar (lambda (o) (plist-get o :label)) (plist-get question :options))))
                (setq answers (plist-put answers (intern (concat ":" (plist-get question :question)))
                                         (completing-read (concat (plist-get question :question) " ") labels)))))
            (plist-get approval :questions))
    (condition-case error
        (octobot-call 'approval.answer :approvalId (plist-get approval :id) :answers answers)
      (jsonrpc-error (message "octobot: %s" (alist-get 'jsonrpc-error-message (cddr error)))))))

(defun octobot--workspace ()
  (let* ((root (directory-file-name
                (expand-file-name (or (locate-dominating-file default-directory ".git")
                                      (user-error "No git repository here")))))
         (known (seq-find (lambda (w) (equal (plist-get w :path) root))
                          (plist-get (octobot-call 'workspace.list :limit 500) :items))))
    (plist-get (or known (octobot-call 'workspace.create :path root)) :id)))

(defun octobot-prompt (text)
  "Tell the agent TEXT in a new session of this repository."
  (interactive "sWhat should it do? ")
  (let* ((session (octobot-call 'session.create :workspaceId (octobot--workspace)
                                :agentId (or octobot-agent
                                             (plist-get (seq-first (plist-get (octobot-call 'agent.list) :items)) :id))))
         (id (plist-get session :id)))
    (setq octobot--session id)
    (octobot-call 'chat.subscribe :sessionId id :from '(:type "start"))
    (octobot-call 'chat.send :sessionId id :text text)
    (display-buffer (get-buffer-create "*octobot*"))))

(defun octobot-cancel ()
  "Cancel the running turn."
  (interactive)
  (octobot-call 'chat.cancel :sessionId octobot--session))

(provide 'octobot)
;;; octobot.el ends here
