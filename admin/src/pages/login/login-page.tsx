import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Card, Form, Input } from 'antd';
import { useEffect } from 'react';
import { Navigate, useLocation } from 'react-router';
import { login } from '../../api/request.ts';
import { Brand } from '../../app/frame/brand.tsx';
import { useSession } from '../../app/session.tsx';
import { useSettings } from '../../app/settings.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useText } from '../../text/use-text.ts';
import './login.css';

/** Signs in, and returns to the place that the user came from. */
export function LoginPage() {
  const { common, pages } = useText();
  const text = pages.login;
  const { language, setLanguage } = useSettings();
  const { data: me } = useSession();
  const from = useReturnPath();
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: ({ name, password }: { name: string; password: string }) => login(name, password),
    onSuccess: (signedIn) => client.setQueryData(['me'], signedIn),
  });

  useEffect(() => {
    document.title = `${text.title} · ${common.product}`;
  }, [text.title, common.product]);

  if (me) return <Navigate to={from} replace />;
  return (
    <main className="login">
      <Card className="login-card">
        <p className="brand">
          <Brand />
        </p>
        <h1>{text.title}</h1>
        <p className="soft">{text.lead}</p>
        <div aria-live="assertive" className="login-problem">
          {signIn.error !== null && <Problem error={signIn.error} />}
        </div>
        <Form
          layout="vertical"
          size="large"
          requiredMark={false}
          onFinish={(credentials) => signIn.mutate(credentials)}
        >
          <Form.Item
            name="name"
            label={text.name}
            rules={[{ required: true, whitespace: true, message: text.nameMissing }]}
          >
            <Input autoComplete="username" autoCapitalize="none" autoFocus maxLength={64} />
          </Form.Item>
          <Form.Item
            name="password"
            label={text.password}
            rules={[{ required: true, message: text.passwordMissing }]}
          >
            <Input.Password autoComplete="current-password" maxLength={256} />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
            {text.submit}
          </Button>
        </Form>
        <p className="soft login-first">
          {text.first} <code className="code">autoclose admin add</code>
        </p>
        <Button
          type="link"
          className="login-language"
          onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
        >
          {common.language}
        </Button>
      </Card>
    </main>
  );
}

/** Always a path within this page. */
function useReturnPath(): string {
  const { state } = useLocation();
  const from: unknown = state?.from;
  return typeof from === 'string' && from.startsWith('/') ? from : '/';
}
